"""The whole job of onnxruntime's static quantization: JPEG files and an ONNX model to a quantized ONNX model.

quantize_static.py MODEL FOLDER METHOD OUTPUT, METHOD: MinMax, Entropy or Percentile. All options that are not about the method
are those that give what our scaling files give: codes of 8 bits, weights with a scale for each channel. At the end it says on
file descriptor 3 what the process used.
"""

import json
import os
import resource
import sys
from pathlib import Path

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from PIL import Image

MEAN = np.array([104, 117, 123], dtype=np.float32)


class Photographs(CalibrationDataReader):
    """The files of a folder, in the order of their names, as a Caffe network takes them: BGR minus the mean, planes."""

    def __init__(self, folder, name, size):
        self.paths = iter(sorted(Path(folder).iterdir()))
        self.name = name
        self.size = size

    def get_next(self):
        path = next(self.paths, None)
        if path is None:
            return None
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB").resize(self.size, Image.Resampling.BILINEAR), dtype=np.float32)
        return {self.name: np.ascontiguousarray((pixels[:, :, ::-1] - MEAN).transpose(2, 0, 1)[None])}


def report():
    used = resource.getrusage(resource.RUSAGE_SELF)
    bytes_of_unit = 1 if sys.platform == "darwin" else 1024
    used = {"cpuMs": 1000 * (used.ru_utime + used.ru_stime), "peakBytes": used.ru_maxrss * bytes_of_unit}
    os.write(3, json.dumps(used).encode())


def main(model, folder, method, output):
    quantize_static(
        model,
        output,
        Photographs(folder, "v0", (224, 224)),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod[method],
    )
    report()


if __name__ == "__main__":
    main(*sys.argv[1:])

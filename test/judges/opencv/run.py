#!/usr/bin/env python3
"""OpenCV's importers of Caffe and TensorFlow as judges of this project's.

    python3 test/judges/opencv/run.py [--only REGEX] [--log FILE]

Every network of ../shared with an input, and the embedded example: what both run agrees within 1e-4 of the largest value.
A network that OpenCV refuses is named and judges nothing.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from judge import ROOT, SHARED, Log, difference, environment, why, written, xfdnn

environment('opencv', 'opencv-python-headless==4.10.0.84', 'numpy<2')

import cv2
import numpy as np

# What a network needs beside its files.
FLAGS = {
    'digits-all-in-one': ['--stage', 'deploy', '--input_layer', 'data', '--dims', '3,9,9'],
    'decode_jpeg_front': ['--input_layer', 'Mul', '--dims', '3,16,16'],
    'keep_prob_placeholder': ['--set', 'keep_prob=1'],
    'phase_train_placeholder': ['--set', 'phase_train=false'],
}
# Where OpenCV is not right, and how that is known.
OPENCV_ERRS = {'bn_training_in_graph': 'TensorFlow gives the values of this project'}


def networks():
    """Name, model, weights, input and flags of each network."""
    for prototxt in sorted(glob.glob(f'{SHARED}/models/caffe/*/model.prototxt') + glob.glob(f'{SHARED}/reports/caffe/**/model.prototxt', recursive=True)):
        folder = os.path.dirname(prototxt)
        weights = next(filter(os.path.exists, (f'{at}/model.caffemodel' for at in (folder, os.path.dirname(folder)))), None)
        image = next(filter(os.path.exists, (f'{at}/input.npy' for at in (folder, os.path.dirname(folder)))), None)
        if weights and image:
            yield os.path.relpath(folder, SHARED), prototxt, weights, image
    for graph in sorted(glob.glob(f'{SHARED}/models/tensorflow/*/model.pb') + glob.glob(f'{SHARED}/reports/tensorflow/*/model.pb')):
        folder = os.path.dirname(graph)
        yield os.path.relpath(folder, SHARED), graph, None, f'{folder}/input.npy'


def examples(scratch):
    """The embedded example in both forms, with an image of random values."""
    folder = f'{ROOT}/examples/cifar10'
    image = np.random.default_rng(1).uniform(-120, 140, (1, 3, 32, 32)).astype(np.float32)
    np.save(f'{scratch}/nchw.npy', image)
    np.save(f'{scratch}/nhwc.npy', np.ascontiguousarray(image.transpose(0, 2, 3, 1)))
    yield 'examples/cifar10 (Caffe)', f'{folder}/deploy.prototxt', f'{folder}/model.caffemodel', f'{scratch}/nchw.npy'
    yield 'examples/cifar10 (TensorFlow)', f'{folder}/model.pb', None, f'{scratch}/nhwc.npy'


def ours(name, model, weights, image, scratch):
    """The outputs by their names, or the refusal."""
    shape = np.load(image).shape
    sizes = shape[1:] if weights else shape[3:] + shape[1:3] if len(shape) == 4 else shape[1:]
    dims = ['--dims', ','.join(map(str, sizes))] if name.startswith('models') else []
    flags = [*FLAGS.get(os.path.basename(name), dims), *(['--weights', weights] if weights else [])]
    out = f'{scratch}/out'
    shutil.rmtree(out, ignore_errors=True)
    code, text = xfdnn('run', '--deploy_model', model, *flags, '--input', image, '--output_dir', out)
    if code != 0:
        return why(text)
    names = re.findall(r'^(.*) \S+: \S.*\.npy$', text, re.M)
    return {blob: np.load(path) for blob, path in zip(names, written(text))}


def theirs(model, weights, image, scratch):
    """OpenCV's outputs, channels first, or its refusal. It runs in a process of its own, since some graphs end it."""
    results = f'{scratch}/results.npz'
    command = [sys.executable, os.path.abspath(__file__), '--one', model, weights or '', image, results]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return f'ends with signal {-done.returncode}' if done.returncode < 0 else done.stdout.strip()
    with np.load(results) as found:
        return dict(found)


def one(model, weights, image, results):
    value = np.load(image)
    if not weights and value.ndim == 4:
        value = np.ascontiguousarray(value.transpose(0, 3, 1, 2))
    try:
        net = cv2.dnn.readNetFromCaffe(model, weights) if weights else cv2.dnn.readNetFromTensorflow(model)
        net.enableFusion(False)
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        net.setInput(value)
        np.savez(results, *net.forward(net.getUnconnectedOutLayersNames()))
    except cv2.error as error:
        text = re.sub(r'.*error: ', '', str(error), flags=re.S)
        # Of the kind of an error its number; what was refused stands behind it.
        print(re.sub(r'\s+', ' ', re.sub(r'^\((-\d+):[^)]*\)', r'(\1)', text))[:120])
        return False
    return True


def agreement(mine, other, is_graph):
    """The largest difference of the outputs that pair by size, undefined without a pair."""
    worst = None
    for value in mine.values():
        forms = [value, value.transpose(0, 3, 1, 2)] if is_graph and value.ndim == 4 else [value]
        apart = [difference(form, result) for form in forms for result in other.values() if form.size == result.size]
        if apart:
            worst = max(worst or 0.0, min(apart))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default='')
    parser.add_argument('--log')
    parser.add_argument('--one', nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        return one(*args.one)
    log, counts = Log(args.log), {'agree': 0, 'differ': 0, 'OpenCV errs': 0, 'refused here': 0, 'refused by OpenCV': 0}
    scratch = tempfile.mkdtemp(prefix='xfdnn-judge-')
    for name, model, weights, image in [*examples(scratch), *networks()]:
        if not re.search(args.only, name):
            continue
        mine, other = ours(name, model, weights, image, scratch), theirs(model, weights, image, scratch)
        if isinstance(other, str):
            kind, detail = 'refused by OpenCV', other
        elif isinstance(mine, str):
            kind, detail = 'refused here', mine
        else:
            apart = agreement(mine, other, weights is None)
            known = OPENCV_ERRS.get(os.path.basename(name))
            kind = 'OpenCV errs' if known else 'differ' if apart is None or apart > 1e-4 else 'agree'
            detail = 'no output of one size' if apart is None else f'{apart:.0e}'
            detail += f'; {known}' if known else ''
        counts[kind] += 1
        log(f'{name:46} {kind:18} {detail}')
    shutil.rmtree(scratch)
    log(', '.join(f'{count} {kind}' for kind, count in counts.items()))
    return counts['differ'] == 0


if __name__ == '__main__':
    sys.exit(0 if main() else 1)

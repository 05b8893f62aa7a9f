/**
 * A decoded image, its samples as they stood in the file: row-major, channels interleaved, red first.
 * A sample's value is `data / maximum`, in [0, 1].
 */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB; alpha is gone. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array | Uint16Array | Float32Array;
  /** The sample that stands for 1: 255, 65535, less for PNGs of few bits, 1 for floats. */
  readonly maximum: number;
}

// ITU-R BT.709 luma, as scikit-image has it.
const RED = 0.2125;
const GREEN = 0.7154;
const BLUE = 0.0721;

/** The values in the image's own channels, H x W x C, in [0, 1], each rounded once to float32. */
export function toFloat32({ data, maximum }: Image): Float32Array {
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = data[i]! / maximum;
  return values;
}

/** RGB float32, H x W x 3, in [0, 1]; a grey image has three equal channels. */
export function toRgb(image: Image): Float32Array {
  const values = toFloat32(image);
  if (image.channels === 3) return values;
  const rgb = new Float32Array(values.length * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = values[(i / 3) | 0]!;
  return rgb;
}

/** The image in one channel: as it is if grey, else 0.2125 R + 0.7154 G + 0.0721 B of the float32 values, summed in double, rounded once. */
export function toGray(image: Image): Image {
  if (image.channels === 1) return image;
  const rgb = toRgb(image);
  const data = new Float32Array(image.width * image.height);
  for (let i = 0; i < data.length; i++) {
    data[i] = RED * rgb[3 * i]! + GREEN * rgb[3 * i + 1]! + BLUE * rgb[3 * i + 2]!;
  }
  return { width: image.width, height: image.height, channels: 1, data, maximum: 1 };
}

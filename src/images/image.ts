import { fail } from '../error.js';
import { limitOf, raiseHint } from '../limits.js';

/**
 * A decoded image with the samples of the file: row-major, channels interleaved, red first. The value of a sample is
 * `data / maximum`, in [0, 1].
 */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for RGB; there is no alpha. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array | Uint16Array | Float32Array;
  /** The sample whose value is 1: 255, 65535, less for PNGs of few bits, 1 for floats. */
  readonly maximum: number;
}

/** Longest side of an image, that of JPEG. */
const LONGEST_SIDE = 65_535;

/**
 * Throws `format` for an image whose decoding would take more memory than the limit, or longer than its pixels explain.
 * `bytesPerPixel`: what a decoder allocates in all.
 */
export function expectDecodable(width: number, height: number, bytesPerPixel: number, where: string): void {
  const most = limitOf('image');
  const bytes = Math.ceil(width * height * bytesPerPixel);
  if (width > 0 && height > 0 && Math.max(width, height) <= LONGEST_SIDE && bytes <= most) return;
  fail(
    'format',
    where,
    `expected an image of 1 to ${LONGEST_SIDE} pixels a side that takes at most ${most} bytes, got ${width}x${height} pixels that take ${bytes}.`,
    `Make it smaller; ${raiseHint('image')}`,
  );
}

// ITU-R BT.709 luma, as scikit-image has it.
const RED = 0.2125;
const GREEN = 0.7154;
const BLUE = 0.0721;

/**
 * The values in the image's own channels, H x W x C, in [0, 1], each rounded once to float32. For an image of floats
 * this is the image's own array, which must not be changed.
 */
export function toFloat32({ data, maximum }: Image): Float32Array {
  if (data instanceof Float32Array && maximum === 1) return data;
  const values = new Float32Array(data.length);
  if (data instanceof Uint8Array) divideBytes(data, maximum, values);
  else for (let i = 0; i < data.length; i++) values[i] = data[i]! / maximum;
  return values;
}

/** A function of its own so that its loop runs on one type of array only. */
function divideBytes(samples: Uint8Array, maximum: number, values: Float32Array): void {
  for (let i = 0; i < samples.length; i++) values[i] = samples[i]! / maximum;
}

/** RGB float32, H x W x 3, in [0, 1]; a grey image has three equal channels. */
export function toRgb(image: Image): Float32Array {
  const values = toFloat32(image);
  if (image.channels === 3) return values;
  const rgb = new Float32Array(values.length * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = values[(i / 3) | 0]!;
  return rgb;
}

/**
 * The image in one channel: a grey image as it is, a colour image as 0.2125 R + 0.7154 G + 0.0721 B of the float32
 * values, summed in double and rounded once.
 */
export function toGray(image: Image): Image {
  if (image.channels === 1) return image;
  const { width, height, data: rgb, maximum } = image;
  const data = new Float32Array(width * height);
  if (rgb instanceof Uint8Array) weighSamples(rgb, maximum, data);
  else weighValues(toFloat32(image), data);
  return { width, height, channels: 1, data, maximum: 1 };
}

function weighSamples(rgb: Uint8Array, maximum: number, luma: Float32Array): void {
  const red = weighedSamples(RED, maximum);
  const green = weighedSamples(GREEN, maximum);
  const blue = weighedSamples(BLUE, maximum);
  for (let i = 0, from = 0; i < luma.length; i++, from += 3)
    luma[i] = red[rgb[from]!]! + green[rgb[from + 1]!]! + blue[rgb[from + 2]!]!;
}

/** `weight` times the value of each of the 256 samples. */
function weighedSamples(weight: number, maximum: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, sample) => weight * Math.fround(sample / maximum));
}

function weighValues(rgb: Float32Array, luma: Float32Array): void {
  for (let i = 0, from = 0; i < luma.length; i++, from += 3)
    luma[i] = RED * rgb[from]! + GREEN * rgb[from + 1]! + BLUE * rgb[from + 2]!;
}

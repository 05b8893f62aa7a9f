import type { ConvolutionGeometry } from '../kernels/geometry.js';

/** Where each kernel tap of each output coordinate reads, per axis: [output][tap], -1 where there is nothing to read. */
export interface Taps {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

type Axis = 0 | 1;

function table(geometry: ConvolutionGeometry, axis: Axis, source: (out: number, tap: number) => number): Int32Array {
  const taps = geometry.kernel[axis];
  const result = new Int32Array(geometry.output[axis] * taps);
  for (let index = 0; index < result.length; index++) {
    const at = source(Math.floor(index / taps), index % taps);
    result[index] = Number.isInteger(at) && at >= 0 && at < geometry.input[axis] ? at : -1;
  }
  return result;
}

/** A convolution reads `out * stride - pad + tap * dilation`. */
export function convolutionTaps(geometry: ConvolutionGeometry): Taps {
  const { stride, pad, dilation } = geometry;
  const along = (axis: Axis): Int32Array => table(geometry, axis, (out, tap) => out * stride[axis] - pad[axis] + tap * dilation[axis]);
  return { rows: along(0), columns: along(1) };
}

/** A deconvolution scatters `in` to `in * stride - pad + tap * dilation`: its output reads where that is an input. */
export function deconvolutionTaps(geometry: ConvolutionGeometry): Taps {
  const { stride, pad, dilation } = geometry;
  const along = (axis: Axis): Int32Array => table(geometry, axis, (out, tap) => (out + pad[axis] - tap * dilation[axis]) / stride[axis]);
  return { rows: along(0), columns: along(1) };
}

/** One more product on a sum: the arithmetic of the loops below. */
export type AddProduct = (sum: number, x: number, weight: number) => number;

/** Float32: the product is rounded, then the sum. */
export const addRounded: AddProduct = (sum, x, weight) => Math.fround(sum + Math.fround(x * weight));

/** Exact while the sums of integer products stay below 2^53. */
export const addExact: AddProduct = (sum, x, weight) => sum + x * weight;

/**
 * For every output channel and pixel the sum over its taps, which starts at +0 and goes in ascending
 * k = (input channel of the group, kernel row, kernel column). `weights` are [output channel][k]. A tap
 * that reads nothing adds nothing, which is what a product with a padded 0 would add.
 */
export function sumProducts(
  geometry: ConvolutionGeometry, taps: Taps, input: ArrayLike<number>, weights: ArrayLike<number>, add: AddProduct,
  write: (channel: number, pixel: number, sum: number) => void,
): void {
  const { outChannels, inChannels, group, output } = geometry;
  const perGroup = inChannels / group;
  const { channelStep, rowStep, columnStep } = steps(geometry);
  for (let channel = 0; channel < outChannels; channel++) {
    const first = Math.floor(channel / (outChannels / group)) * perGroup;
    for (let y = 0; y < output[0]; y++) {
      for (let x = 0; x < output[1]; x++) write(channel, y * output[1] + x, sumAt(channel, first, y, x));
    }
  }

  function sumAt(channel: number, first: number, y: number, x: number): number {
    const [height, width] = geometry.kernel;
    let sum = 0;
    let k = channel * perGroup * height * width;
    for (let plane = first; plane < first + perGroup; plane++) {
      for (let row = y * height; row < (y + 1) * height; row++) {
        for (let column = x * width; column < (x + 1) * width; column++, k++) {
          if (taps.rows[row]! < 0 || taps.columns[column]! < 0) continue;
          const at = plane * channelStep + taps.rows[row]! * rowStep + taps.columns[column]! * columnStep;
          sum = add(sum, input[at]!, weights[k]!);
        }
      }
    }
    return sum;
  }
}

function steps({ layout, input, inChannels }: ConvolutionGeometry): { channelStep: number; rowStep: number; columnStep: number } {
  return layout === 'NCHW'
    ? { channelStep: input[0] * input[1], rowStep: input[1], columnStep: 1 }
    : { channelStep: 1, rowStep: input[1] * inChannels, columnStep: inChannels };
}

/** `reference` of the convolutions: float32 sums, then + bias, written in the activation's layout. */
export function convolveFloat(
  geometry: ConvolutionGeometry, taps: Taps, input: ArrayLike<number>, weights: Float32Array, bias: Float32Array | undefined, output: Float32Array,
): void {
  const { outChannels, layout } = geometry;
  const pixels = geometry.output[0] * geometry.output[1];
  sumProducts(geometry, taps, input, weights, addRounded, (channel, pixel, sum) => {
    const at = layout === 'NCHW' ? channel * pixels + pixel : pixel * outChannels + channel;
    output[at] = sum + (bias?.[channel] ?? 0);
  });
}

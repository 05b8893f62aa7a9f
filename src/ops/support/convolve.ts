import type { ConvolutionGeometry } from '../../kernels/geometry.js';
import type { InputPatches } from '../op.js';

/** Per axis, the input coordinate that each kernel tap of each output coordinate reads: [output][tap]; -1 outside the input. */
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
  const along = (axis: Axis): Int32Array =>
    table(geometry, axis, (out, tap) => out * stride[axis] - pad[axis] + tap * dilation[axis]);
  return { rows: along(0), columns: along(1) };
}

/**
 * A deconvolution scatters `in` to `in * stride - pad + tap * dilation`: its output reads where that is an input. Taps are
 * counted from the far end, so that they read ascending inputs.
 */
export function deconvolutionTaps(geometry: ConvolutionGeometry): Taps {
  const { kernel, stride, pad, dilation } = geometry;
  const along = (axis: Axis): Int32Array =>
    table(geometry, axis, (out, tap) => (out + pad[axis] - (kernel[axis] - 1 - tap) * dilation[axis]) / stride[axis]);
  return { rows: along(0), columns: along(1) };
}

/** What a convolution multiplies and adds. `weights` are [output channel][k]. */
export interface Terms {
  readonly input: ArrayLike<number>;
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
}

/**
 * Convolution by definition, from either table of taps: float32 sums that start at +0 and go in ascending
 * k = (input channel of the group, kernel row, kernel column), then + bias. A tap that reads nothing adds nothing, which
 * is what a product with a padded 0 would add.
 */
export function convolve(geometry: ConvolutionGeometry, taps: Taps, terms: Terms, output: Float32Array): void {
  const { outChannels, layout } = geometry;
  const [height, width] = geometry.output;
  for (let channel = 0; channel < outChannels; channel++) {
    const add = terms.bias?.[channel] ?? 0;
    for (let pixel = 0; pixel < height * width; pixel++) {
      const index = layout === 'NCHW' ? channel * height * width + pixel : pixel * outChannels + channel;
      output[index] = sumAt(geometry, taps, terms, channel, pixel) + add;
    }
  }
}

/** The sum of one output channel at one output pixel. */
function sumAt(
  geometry: ConvolutionGeometry,
  { rows, columns }: Taps,
  { input, weights }: Terms,
  channel: number,
  pixel: number,
): number {
  const [height, width] = geometry.kernel;
  const [y, x] = [Math.floor(pixel / geometry.output[1]), pixel % geometry.output[1]];
  const perGroup = geometry.inChannels / geometry.group;
  const firstPlane = Math.floor(channel / (geometry.outChannels / geometry.group)) * perGroup;
  const { channelStep, rowStep, columnStep } = steps(geometry);
  let sum = 0;
  let k = channel * perGroup * height * width;
  for (let plane = firstPlane; plane < firstPlane + perGroup; plane++) {
    for (let row = y * height; row < (y + 1) * height; row++) {
      for (let column = x * width; column < (x + 1) * width; column++, k++) {
        if (rows[row]! < 0 || columns[column]! < 0) continue;
        const at = plane * channelStep + rows[row]! * rowStep + columns[column]! * columnStep;
        sum = Math.fround(sum + Math.fround(input[at]! * weights[k]!));
      }
    }
  }
  return sum;
}

/** The elements that the outputs of a convolution read, by either table of taps. */
export function patchesOf(geometry: ConvolutionGeometry, { rows, columns }: Taps): InputPatches {
  const [height, width] = geometry.kernel;
  const { channelStep, rowStep, columnStep } = steps(geometry);
  return {
    groups: geometry.group,
    channels: geometry.inChannels,
    channelStep,
    pixels: geometry.output[0] * geometry.output[1],
    taps(pixel) {
      const [y, x] = [Math.floor(pixel / geometry.output[1]), pixel % geometry.output[1]];
      const taps = new Int32Array(height * width).fill(-1);
      for (let row = y * height, tap = 0; row < (y + 1) * height; row++)
        for (let column = x * width; column < (x + 1) * width; column++, tap++)
          if (rows[row]! >= 0 && columns[column]! >= 0)
            taps[tap] = rows[row]! * rowStep + columns[column]! * columnStep;
      return taps;
    },
  };
}

/** Element strides of the input. */
function steps({ layout, input, inChannels }: ConvolutionGeometry): {
  channelStep: number;
  rowStep: number;
  columnStep: number;
} {
  return layout === 'NCHW'
    ? { channelStep: input[0] * input[1], rowStep: input[1], columnStep: 1 }
    : { channelStep: 1, rowStep: input[1] * inChannels, columnStep: inChannels };
}

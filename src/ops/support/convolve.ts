import type { ConvolutionGeometry } from '../../kernels/geometry.js';

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

/**
 * Convolution by definition, from either table of taps: float32 sums that start at +0 and go in ascending
 * k = (input channel of the group, kernel row, kernel column), then + bias. `weights` are [output channel][k]. A tap
 * that reads nothing adds nothing, which is what a product with a padded 0 would add.
 */
export function convolve(
  geometry: ConvolutionGeometry,
  taps: Taps,
  input: ArrayLike<number>,
  weights: Float32Array,
  bias: Float32Array | undefined,
  output: Float32Array,
): void {
  const { outChannels, inChannels, group, layout } = geometry;
  const [height, width] = geometry.output;
  const perGroup = inChannels / group;
  for (let channel = 0; channel < outChannels; channel++) {
    const first = Math.floor(channel / (outChannels / group)) * perGroup;
    for (let pixel = 0; pixel < height * width; pixel++) {
      const sum = sumAt(geometry, taps, input, weights, channel, first, Math.floor(pixel / width), pixel % width);
      output[layout === 'NCHW' ? channel * height * width + pixel : pixel * outChannels + channel] =
        sum + (bias?.[channel] ?? 0);
    }
  }
}

/** One output's sum; `first`: the first input channel of its group. */
function sumAt(
  geometry: ConvolutionGeometry,
  { rows, columns }: Taps,
  input: ArrayLike<number>,
  weights: Float32Array,
  channel: number,
  first: number,
  y: number,
  x: number,
): number {
  const [height, width] = geometry.kernel;
  const perGroup = geometry.inChannels / geometry.group;
  const { channelStep, rowStep, columnStep } = steps(geometry);
  let sum = 0;
  let k = channel * perGroup * height * width;
  for (let plane = first; plane < first + perGroup; plane++) {
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

function steps({ layout, input, inChannels }: ConvolutionGeometry): {
  channelStep: number;
  rowStep: number;
  columnStep: number;
} {
  return layout === 'NCHW'
    ? { channelStep: input[0] * input[1], rowStep: input[1], columnStep: 1 }
    : { channelStep: 1, rowStep: input[1] * inChannels, columnStep: inChannels };
}

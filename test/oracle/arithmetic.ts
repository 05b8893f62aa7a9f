/** Sums, searches and roundings of QUANTIZER.md, sections 3 and 4, as plainly as they can be written. */
import { directSearch } from '../../src/calibration/thresholds/divergence/definition.js';
import type { Layer } from './network.js';

const f32 = Math.fround;

export const m = (bw: number): number => 2 ** (bw - 1) - 1;
/** The float32 of the double quotient th / m. */
export const step = (th: number, bw: number): number => f32(th / m(bw));

export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.floor(x + 0.5) === below + 1 && x - below < 0.5 ? below : Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** `round_half_even( clip(x, -th, th) / sf )`, float32; 0 where th counts as zero. */
export function code(x: number, th: number, bw: number): number {
  if (th <= 1e-8) return 0;
  const limit = f32(th);
  return roundHalfEven(f32(Math.max(-limit, Math.min(limit, x)) / step(th, bw)));
}

/** With `--power_of_two`, `2^ceil(log2 sf) * m`. */
export function toPowerOfTwo(th: number, bw: number): number {
  if (th === 0) return 0;
  const sf = th / m(bw);
  let power = 1;
  while (power < sf) power *= 2;
  while (power / 2 >= sf) power /= 2;
  return power * m(bw);
}

/** Section 3: the search over a whole batch. */
export function search(batch: readonly Float32Array[], bw: number): number {
  const values = batch.flatMap((image) => [...image]).map(Math.abs);
  const max = values.reduce((a, b) => Math.max(a, b), 0);
  const min = values.reduce((a, b) => Math.min(a, b), Infinity);
  if (max <= 1e-8) return 0;
  const bins = max === min ? 1 : Math.ceil(max / (Math.fround(max - min) / Math.sqrt(values.length)));
  if (min >= max / bins) return max;
  const edges = Array.from({ length: bins + 1 }, (_, j) => (j === bins ? max : j * (max / bins)));
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    let j = bins - 1;
    while (value < edges[j]!) j--;
    counts[j]!++;
  }
  return directSearch(counts, values.length, max, bw).threshold;
}

/** Exact integer sums of a weighted layer: codes in, sums out; `weights` [output channel][k]. */
export function accumulate(
  layer: Layer,
  input: ArrayLike<number>,
  inShape: readonly number[],
  outShape: readonly number[],
  weights: ArrayLike<number>,
): number[] {
  if (layer.op === 'scale') {
    const inner = outShape.slice(2).reduce((a, b) => a * b, 1);
    return Array.from(input, (x, i) => x * weights[Math.floor(i / inner) % layer.channels!]!);
  }
  if (layer.op === 'inner-product') {
    return Array.from({ length: layer.channels! }, (_, c) => {
      let sum = 0;
      for (let k = 0; k < input.length; k++) sum += input[k]! * weights[c * input.length + k]!;
      return sum;
    });
  }
  return layer.op === 'convolution'
    ? convolve(layer, input, inShape, outShape, weights)
    : spread(layer, input, inShape, outShape, weights);
}

function convolve(
  { attrs }: Layer,
  input: ArrayLike<number>,
  inShape: readonly number[],
  outShape: readonly number[],
  weights: ArrayLike<number>,
): number[] {
  const [, ins, height, width] = inShape as [number, number, number, number];
  const [, outs, rows, columns] = outShape as [number, number, number, number];
  const [kh, kw] = attrs.kernel;
  const perGroup = ins / attrs.group;
  const result: number[] = [];
  for (let o = 0; o < outs; o++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const first = Math.floor(o / (outs / attrs.group)) * perGroup;
        let sum = 0;
        for (let i = 0; i < perGroup; i++)
          for (let v = 0; v < kh; v++)
            for (let u = 0; u < kw; u++) {
              const row = y * attrs.stride[0] - attrs.pad[0] + v * attrs.dilation[0];
              const column = x * attrs.stride[1] - attrs.pad[1] + u * attrs.dilation[1];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              sum +=
                input[((first + i) * height + row) * width + column]! *
                weights[((o * perGroup + i) * kh + v) * kw + u]!;
            }
        result.push(sum);
      }
  return result;
}

/** Deconvolution: every input pixel spreads its products. */
function spread(
  { attrs }: Layer,
  input: ArrayLike<number>,
  inShape: readonly number[],
  outShape: readonly number[],
  weights: ArrayLike<number>,
): number[] {
  const [, ins, height, width] = inShape as [number, number, number, number];
  const [, outs, rows, columns] = outShape as [number, number, number, number];
  const [kh, kw] = attrs.kernel;
  const [insPerGroup, outsPerGroup] = [ins / attrs.group, outs / attrs.group];
  const result = new Array<number>(outs * rows * columns).fill(0);
  for (let i = 0; i < ins; i++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let o = 0; o < outsPerGroup; o++) {
          const out = Math.floor(i / insPerGroup) * outsPerGroup + o;
          for (let v = 0; v < kh; v++)
            for (let u = 0; u < kw; u++) {
              const row = y * attrs.stride[0] - attrs.pad[0] + v * attrs.dilation[0];
              const column = x * attrs.stride[1] - attrs.pad[1] + u * attrs.dilation[1];
              if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
              result[(out * rows + row) * columns + column]! +=
                input[(i * height + y) * width + x]! *
                weights[((out * insPerGroup + (i % insPerGroup)) * kh + v) * kw + u]!;
            }
        }
  return result;
}

/** For every output of a pooling the elements of its window, and the size Caffe counts: clipped to the padded area. */
export function windows(
  { attrs }: Layer,
  input: ArrayLike<number>,
  inShape: readonly number[],
  outShape: readonly number[],
): { values: number[]; size: number }[] {
  const [, channels, height, width] = inShape as [number, number, number, number];
  const [, , rows, columns] = outShape as [number, number, number, number];
  const result: { values: number[]; size: number }[] = [];
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const [top, left] = [y * attrs.stride[0] - attrs.pad[0], x * attrs.stride[1] - attrs.pad[1]];
        const [bottom, right] = [
          Math.min(top + attrs.kernel[0], height + attrs.pad[0]),
          Math.min(left + attrs.kernel[1], width + attrs.pad[1]),
        ];
        const values: number[] = [];
        for (let row = Math.max(0, top); row < Math.min(bottom, height); row++) {
          for (let column = Math.max(0, left); column < Math.min(right, width); column++)
            values.push(input[(c * height + row) * width + column]!);
        }
        result.push({ values, size: (bottom - top) * (right - left) });
      }
  return result;
}

/** Nearest whole number of sum / size, both whole, halves to even, without dividing. */
export function meanHalfEven(sum: number, size: number): number {
  const below = Math.floor(sum / size);
  const rest = 2 * (sum - below * size);
  return rest < size || (rest === size && below % 2 === 0) ? below : below + 1;
}

/** Slope of an element, by its channel; 0 for a plain rectifier. */
export function slopeOf(layer: Layer, shape: readonly number[]): (index: number) => number {
  if (layer.op === 'relu') return () => layer.attrs.slope;
  if (layer.op === 'clip') return () => 0;
  const slopes = layer.node.params[0]!.data;
  const inner = shape.slice(2).reduce((a, b) => a * b, 1);
  return layer.attrs.shared ? () => slopes[0]! : (index) => slopes[Math.floor(index / inner) % slopes.length]!;
}

/** The most an activation lets through. */
export const ceilingOf = ({ op, attrs }: Layer): number =>
  op === 'relu' ? attrs.ceiling : op === 'clip' ? attrs.max : Infinity;

/** An activation of float32 values. */
export function activate(layer: Layer, input: Float32Array, shape: readonly number[]): Float32Array {
  const slope = slopeOf(layer, shape);
  const ceiling = ceilingOf(layer);
  return input.map((x, i) => Math.min(ceiling, x < 0 ? x * slope(i) : x) + 0);
}

import { fail } from '../error.js';
import { elements, type Layout, type Shape, strides, formatShape } from '../tensor.js';
import { type Image, toGray } from './image.js';
import { resize, type ResizeRule } from './resize.js';

/** The preprocessing flags as given; what is left out takes the default of the network's kind. QUANTIZER.md, section 1. */
export interface PreprocessingFlags {
  /** Axes of H x W x C in the order of the network's input. */
  readonly transpose?: readonly number[] | undefined;
  /** For each channel of the network's input, the channel of the image. */
  readonly channelSwap?: readonly number[] | undefined;
  readonly rawScale?: number | undefined;
  /** One value, or one for each channel of the network's input. */
  readonly meanValue?: readonly number[] | undefined;
  readonly inputScale?: number | undefined;
  readonly resize?: ResizeRule | undefined;
}

/** What the network takes. */
export interface NetworkInput {
  /** With its batch axis, `[1, 3, 224, 224]`; the batch itself does not matter. */
  readonly shape: Shape;
  readonly layout: Layout;
  readonly framework: 'caffe' | 'tensorflow';
}

/** The six operations with every choice made; plain data, fit to be sent to a worker. */
export interface Preprocessing {
  /** `image`: images or H x W x C arrays of 1 or 3 channels. `array`: arrays only, not resized. */
  readonly kind: 'image' | 'array';
  /** `image`: [C, H, W]. `array`: the shape of one array. */
  readonly dims: Shape;
  readonly transpose: readonly number[];
  readonly channelSwap: readonly number[];
  readonly rawScale: number;
  /** One value for each channel of the network's input. */
  readonly meanValue: readonly number[];
  readonly inputScale: number;
  readonly resize: ResizeRule;
  /** The network's input without its batch axis: the shape of the result. */
  readonly shape: Shape;
  /** The axis of `shape` that the channels are on. */
  readonly channelAxis: number;
}

/** Fills in the defaults and checks every flag against the network's input. Throws `usage`. */
export function resolvePreprocessing(flags: PreprocessingFlags, input: NetworkInput): Preprocessing {
  const shape = input.shape.slice(1);
  if (shape.length === 0) fail('model', 'input', `expected a shape of a batch and more, got ${formatShape(input.shape)}.`, 'Give it with --dims.');
  const channelAxis = input.layout === 'NCHW' ? 0 : Math.max(shape.length - 1, 0);
  const isImage = shape.length === 3 && (shape[channelAxis] === 1 || shape[channelAxis] === 3);
  return isImage ? imagePreprocessing(flags, input, shape, channelAxis) : arrayPreprocessing(flags, input, shape, channelAxis);
}

function imagePreprocessing(flags: PreprocessingFlags, input: NetworkInput, shape: Shape, channelAxis: number): Preprocessing {
  const channels = shape[channelAxis]!;
  const [height, width] = shape.filter((_, axis) => axis !== channelAxis) as [number, number];
  const transpose = checkTranspose(flags.transpose ?? (input.layout === 'NCHW' ? [2, 0, 1] : [0, 1, 2]), 3);
  const dims = [channels, height, width];
  const given = transpose.map((axis) => [height, width, channels][axis]!);
  if (given.some((size, axis) => size !== shape[axis]) || transpose[channelAxis] !== 2) {
    const letters = transpose.map((axis) => 'HWC'[axis]).join(' x ');
    fail('usage', '--transpose', `expected the network's input, ${formatShape(shape)} (${input.layout.slice(1)}), got ${letters} = ${formatShape(given)}.`, 'Leave it out for the default.');
  }
  return {
    kind: 'image',
    dims,
    transpose,
    ...checkScales(flags, 255),
    channelSwap: checkSwap(flags.channelSwap ?? (channels === 1 ? [0] : [2, 1, 0]), channels),
    meanValue: checkMean(flags.meanValue ?? (channels === 1 ? [0] : [104, 117, 123]), channels),
    resize: flags.resize ?? input.framework,
    shape,
    channelAxis,
  };
}

function arrayPreprocessing(flags: PreprocessingFlags, input: NetworkInput, shape: Shape, channelAxis: number): Preprocessing {
  const identity = shape.map((_, axis) => axis);
  const transpose = checkTranspose(flags.transpose ?? identity, shape.length);
  const channels = shape[channelAxis] ?? 1;
  const dims = new Array<number>(shape.length);
  transpose.forEach((from, to) => (dims[from] = shape[to]!));
  return {
    kind: 'array',
    dims,
    transpose,
    ...checkScales(flags, 1),
    channelSwap: flags.channelSwap === undefined ? Array.from({ length: channels }, (_, i) => i) : checkSwap(flags.channelSwap, channels),
    meanValue: checkMean(flags.meanValue ?? [0], channels),
    resize: flags.resize ?? input.framework,
    shape,
    channelAxis,
  };
}

/**
 * An image as the network's input: resized, transposed, channels swapped, `* rawScale`, `- meanValue`, `* inputScale`, each
 * rounded to float32. A colour image is reduced to grey for a network of one channel, a grey one tiled for three.
 */
export function preprocessImage(image: Image, options: Preprocessing): Float32Array {
  const [channels, height, width] = options.dims as [number, number, number];
  const source = channels === 1 ? toGray(image) : image;
  const resized = resize(source, height, width, options.resize);
  const channelStride = source.channels === channels ? 1 : 0;
  return arrange(resized, [width * source.channels, source.channels, channelStride], options);
}

/** An array of shape `options.dims` as the network's input: the same operations but the resizing. */
export function preprocessArray(data: Float32Array, options: Preprocessing): Float32Array {
  return arrange(data, strides(options.dims), options);
}

/** Operations 2 to 6 in one pass over the result. `sourceStrides` are those of the axes before the transposition. */
function arrange(data: Float32Array, sourceStrides: readonly number[], options: Preprocessing): Float32Array {
  const { shape, channelAxis, transpose, channelSwap } = options;
  // For every axis of the result, how far each index reaches into the source.
  const offsets = shape.map((size, axis) => {
    const stride = sourceStrides[transpose[axis]!]!;
    return Int32Array.from({ length: size }, (_, i) => (axis === channelAxis ? channelSwap[i]! : i) * stride);
  });
  const result = new Float32Array(elements(shape));
  const last = shape.length - 1;
  const mean = Float32Array.from(options.meanValue);
  const row = { data, offsets: offsets[last] ?? new Int32Array(1), rawScale: Math.fround(options.rawScale), inputScale: Math.fround(options.inputScale) };
  const index = new Array<number>(shape.length).fill(0);
  for (let to = 0; to < result.length; to += row.offsets.length) {
    let from = 0;
    for (let axis = 0; axis < last; axis++) from += offsets[axis]![index[axis]!]!;
    const means = channelAxis === last ? mean : mean.subarray(index[channelAxis]!, index[channelAxis]! + 1);
    scaleRow(row, from, means, result, to);
    advance(index, shape);
  }
  return result;
}

interface RowSource {
  readonly data: Float32Array;
  readonly offsets: Int32Array;
  readonly rawScale: number;
  readonly inputScale: number;
}

/** One run of the result along its last axis; `means` has one value for all, or one for each. */
function scaleRow(source: RowSource, from: number, means: Float32Array, result: Float32Array, to: number): void {
  const { data, offsets, rawScale, inputScale } = source;
  const step = means.length === offsets.length ? 1 : 0;
  for (let i = 0; i < offsets.length; i++) {
    const raw = Math.fround(data[from + offsets[i]!]! * rawScale);
    result[to + i] = Math.fround(raw - means[i * step]!) * inputScale;
  }
}

/** The next index of all axes but the last. */
function advance(index: number[], shape: Shape): void {
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    if (++index[axis]! < shape[axis]!) return;
    index[axis] = 0;
  }
}

function checkTranspose(transpose: readonly number[], rank: number): readonly number[] {
  const sorted = [...transpose].sort((a, b) => a - b);
  if (sorted.length !== rank || sorted.some((axis, i) => axis !== i)) {
    const example = Array.from({ length: rank }, (_, axis) => axis).join(',');
    fail('usage', '--transpose', `expected the axes ${example} in some order, got ${list(transpose)}.`);
  }
  return transpose;
}

function checkSwap(swap: readonly number[], channels: number): readonly number[] {
  if (swap.length !== channels) {
    fail('usage', '--channel_swap', `expected ${channels} ${channels === 1 ? 'index' : 'indices'}, one for each channel, got ${list(swap)}.`);
  }
  if (swap.some((channel) => !Number.isInteger(channel) || channel < 0 || channel >= channels)) {
    fail('usage', '--channel_swap', `expected indices from 0 to ${channels - 1}, got ${list(swap)}.`);
  }
  return swap;
}

function checkMean(mean: readonly number[], channels: number): readonly number[] {
  if (mean.length !== 1 && mean.length !== channels) {
    const wanted = channels === 1 ? '1 value' : `1 or ${channels} values`;
    fail('usage', '--mean_value', `expected ${wanted}, got ${list(mean)}.`);
  }
  mean.forEach((value) => checkFinite(value, '--mean_value'));
  return mean.length === channels ? mean : new Array<number>(channels).fill(mean[0]!);
}

function checkScales(flags: PreprocessingFlags, rawScale: number): { rawScale: number; inputScale: number } {
  return {
    rawScale: checkFinite(flags.rawScale ?? rawScale, '--raw_scale'),
    inputScale: checkFinite(flags.inputScale ?? 1, '--input_scale'),
  };
}

function checkFinite(value: number, flag: string): number {
  return Number.isFinite(value) ? value : fail('usage', flag, `expected a finite number, got ${value}.`);
}

function list(values: readonly number[]): string {
  return `[${values.join(', ')}]`;
}

import type { Value } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import { channelAxis, elements } from '../../tensor.js';
import type { StoredForm } from '../step.js';

/** Where the channels of a value lie: element of channel c and pixel p at c * channelStride + p * pixelStride. */
export interface ChannelLayout {
  readonly channels: number;
  readonly pixels: number;
  readonly channelStride: number;
  readonly pixelStride: number;
}

/** Asks for counts of each channel's values other than 0, in bins of equal width that all channels share. */
export interface ChannelRequest {
  readonly form: StoredForm;
  /** The lower edge of the first bin. */
  readonly low: number;
  /** The width of a bin, above 0. */
  readonly width: number;
  readonly bins: number;
}

/** The smallest and the largest value of each channel; Infinity and -Infinity without values. */
export interface ChannelRange {
  readonly lows: Float32Array;
  readonly highs: Float32Array;
}

/** Most channels whose values are counted one by one: rows of elements, as a detector's priors are, have more. */
const MOST_CHANNELS = 4096;

/** The channels of a value. One channel where they are too many or have neighbours on both sides. */
export function channelLayout({ shape, layout }: Pick<Value, 'shape' | 'layout'>): ChannelLayout {
  const count = elements(shape);
  const axis = channelAxis(shape.length, layout);
  const channels = shape[axis] ?? 1;
  const pixels = elements(shape.slice(axis + 1));
  const isOuter = channels * pixels === count;
  if (channels > MOST_CHANNELS || !(isOuter || pixels === 1))
    return { channels: 1, pixels: count, channelStride: count, pixelStride: 1 };
  return isOuter
    ? { channels, pixels, channelStride: pixels, pixelStride: 1 }
    : { channels, pixels: count / channels, channelStride: 1, pixelStride: channels };
}

/** Visits arrays of float32 values on an engine's heap: for each image its address. */
type ForEachImage = (visit: (at: number) => void) => void;

/** The ranges of all images' channels. */
export function channelRange(engine: Engine, layout: ChannelLayout, forEachImage: ForEachImage): ChannelRange {
  const { heap, kernels } = engine;
  const { channels, pixels, channelStride, pixelStride } = layout;
  const [lows, highs] = [heap.alloc(channels * 4), heap.alloc(channels * 4)];
  heap.f32(lows, channels).fill(Infinity);
  heap.f32(highs, channels).fill(-Infinity);
  forEachImage((at) => kernels.channel_extremes_f32(at, channels, pixels, channelStride, pixelStride, lows, highs));
  const range = { lows: heap.f32(lows, channels).slice(), highs: heap.f32(highs, channels).slice() };
  for (const pointer of [lows, highs]) heap.free(pointer);
  return range;
}

/** The counts of all images' channels, [channel][bin], modulo 2^32. Exact, so parts add up in any order. */
export function channelCounts(
  engine: Engine,
  layout: ChannelLayout,
  { low, width, bins }: Omit<ChannelRequest, 'form'>,
  forEachImage: ForEachImage,
): Uint32Array {
  const { heap, kernels } = engine;
  const { channels, pixels, channelStride, pixelStride } = layout;
  const counts = heap.alloc(channels * bins * 4);
  heap.i32(counts, channels * bins).fill(0);
  const [first, scale] = [Math.fround(low), Math.fround(1 / width)];
  forEachImage((at) =>
    kernels.channel_histograms_f32(at, channels, pixels, channelStride, pixelStride, first, scale, bins, counts),
  );
  const { buffer, byteOffset, length } = heap.i32(counts, channels * bins);
  const result = new Uint32Array(buffer, byteOffset, length).slice();
  heap.free(counts);
  return result;
}

/** Ranges of the same channels over disjoint images, taken together. */
export function mergeRanges(a: ChannelRange, b: ChannelRange): ChannelRange {
  return {
    lows: a.lows.map((low, c) => Math.min(low, b.lows[c] ?? Infinity)),
    highs: a.highs.map((high, c) => Math.max(high, b.highs[c] ?? -Infinity)),
  };
}

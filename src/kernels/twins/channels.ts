import type { Heap } from '../heap.js';
import { type Arguments, both, derived, input, oneOf, type Parameter, row, size } from '../row.js';

/** Visits the float32 values of every channel and pixel; strides in elements. */
function forEachValue(
  heap: Heap,
  [src, channels, pixels, channelStride, pixelStride]: readonly [number, number, number, number, number],
  visit: (value: number, channel: number) => void,
): void {
  for (let c = 0; c < channels; c++) {
    for (let p = 0; p < pixels; p++) visit(heap.all.f32[src / 4 + c * channelStride + p * pixelStride]!, c);
  }
}

/**
 * Joins each channel's smallest and largest value into `lows` and `highs`, `channels` float32 each (start with Infinity and
 * -Infinity). NaN where a value is NaN; -0 is less than 0.
 */
function channelExtremesF32(
  heap: Heap,
  src: number,
  channels: number,
  pixels: number,
  channelStride: number,
  pixelStride: number,
  lows: number,
  highs: number,
): void {
  const { f32 } = heap.all;
  forEachValue(heap, [src, channels, pixels, channelStride, pixelStride], (value, c) => {
    f32[lows / 4 + c] = Math.min(f32[lows / 4 + c]!, value);
    f32[highs / 4 + c] = Math.max(f32[highs / 4 + c]!, value);
  });
}

/** The bin `trunc((value - low) * scale)`, in float32, each operation rounded, limited to 0 ... bins - 1; 0 for NaN. */
function binOf(value: number, low: number, scale: number, bins: number): number {
  const position = Math.trunc(Math.fround(Math.fround(value - low) * scale));
  return position > 0 ? Math.min(position, bins - 1) : 0;
}

/** Adds the values that are not 0 to `bins` uint32 counts for each channel, [channel][bin], as `binOf` says. `low` and `scale` are float32. */
function channelHistogramsF32(
  heap: Heap,
  src: number,
  channels: number,
  pixels: number,
  channelStride: number,
  pixelStride: number,
  low: number,
  scale: number,
  bins: number,
  counts: number,
): void {
  forEachValue(heap, [src, channels, pixels, channelStride, pixelStride], (value, c) => {
    if (value !== 0) heap.all.i32[counts / 4 + c * bins + binOf(value, low, scale, bins)]!++;
  });
}

const placed: readonly Parameter[] = [
  input('src', 'f32', (given) => given['channels']! * given['pixels']!),
  size('channels', 4),
  size('pixels', 4),
  derived('channelStride', (given) => [given['pixels']!, 1]),
  derived('pixelStride', (given) => [given['channelStride'] === 1 ? given['channels']! : 1]),
];
const perChannel = (value: number) => ({
  fill: (given: Arguments) => new Array<number>(given['channels']!).fill(value),
});

export const channelRows = {
  channel_extremes_f32: row(
    [
      ...placed,
      both('lows', 'f32', (given) => given['channels']!, perChannel(Infinity)),
      both('highs', 'f32', (given) => given['channels']!, perChannel(-Infinity)),
    ],
    channelExtremesF32,
  ),
  channel_histograms_f32: row(
    [
      ...placed,
      oneOf('low', 0, -2, -1),
      oneOf('scale', 1, 0.25, Math.fround(3.3), 1000, 2 ** 100),
      oneOf('bins', 1, 2, 7, 512),
      both('counts', 'i32', (given) => given['channels']! * given['bins']!),
    ],
    channelHistogramsF32,
  ),
};

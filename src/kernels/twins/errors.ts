import type { Heap } from '../heap.js';
import { type Arguments, both, derived, input, oneOf, output, row, size } from '../row.js';

/**
 * Adds each channel's sum of squared differences between the values of int8 codes and int32 targets, both [channel][sample], to
 * `channels` float64 at `sums`. `values`: 256 float64, of code -128 first; whole numbers whose squares sum below 2^53.
 */
function squareErrorsI8(
  heap: Heap,
  codes: number,
  targets: number,
  channels: number,
  samples: number,
  values: number,
  sums: number,
): void {
  const { i8, i32, f64 } = heap.all;
  for (let c = 0; c < channels; c++)
    for (let at = c * samples; at < (c + 1) * samples; at++) {
      const difference = f64[values / 8 + i8[codes + at]! + 128]! - i32[targets / 4 + at]!;
      f64[sums / 8 + c]! += difference * difference;
    }
}

/**
 * Codes at `offsets`, int32 [tap][sample] within a channel, of every channel `channelStep` bytes behind the one before: int8
 * [channel][tap][sample], a row every `stride` bytes. A negative offset gives 0.
 */
function gatherI8(
  { all: { i8, i32 } }: Heap,
  src: number,
  channels: number,
  channelStep: number,
  offsets: number,
  taps: number,
  samples: number,
  dst: number,
  stride: number,
): void {
  for (let row = 0; row < channels * taps; row++)
    for (let sample = 0; sample < samples; sample++) {
      const offset = i32[offsets / 4 + (row % taps) * samples + sample]!;
      i8[dst + row * stride + sample] = offset < 0 ? 0 : i8[src + Math.floor(row / taps) * channelStep + offset]!;
    }
}

/** Float32 values divided by a unit, rounded half up, as int32, saturated; NaN gives 0. */
function roundUnitsF32({ all: { f32, i32 } }: Heap, src: number, dst: number, count: number, unit: number): void {
  for (let i = 0; i < count; i++)
    i32[dst / 4 + i] = Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), Math.round(f32[src / 4 + i]! / unit)));
}

/** Magnitudes of contents whose squares are added: half the bits of a sum, less those of a count. */
const LARGEST = 2 ** 20;

/** Whole numbers of either sign. */
const wholes = (count: (given: Arguments) => number) => ({
  fill: (given: Arguments, random: (below: number) => number) =>
    Array.from({ length: count(given) }, () => random(2 * LARGEST) - LARGEST),
});

const perSample = (given: Arguments): number => given['channels']! * given['samples']!;
const perChannel = (given: Arguments): number => given['channels']!;

/** Elements of a channel in tests. */
const CHANNEL = 9;

export const errorRows = {
  gather_i8: row(
    [
      input('src', 'i8', (given) => given['channels']! * CHANNEL),
      size('channels', 1),
      oneOf('channelStep', 1, CHANNEL),
      input('offsets', 'i32', (given) => given['taps']! * given['samples']!, {
        fill: (given, random) =>
          Array.from({ length: given['taps']! * given['samples']! }, () => random(CHANNEL + 1) - 1),
      }),
      size('taps', 1),
      size('samples', 1),
      output('dst', 'i8', (given) => given['channels']! * given['taps']! * given['stride']!),
      derived('stride', (given) => [given['samples']!, given['samples']! + 3]),
    ],
    gatherI8,
  ),
  round_units_f32: row(
    [
      input('src', 'f32', (given) => given['count']!),
      output('dst', 'i32', (given) => given['count']!),
      size('count', 2),
      oneOf('unit', 1, 2 ** -14, 0.1, 3),
    ],
    roundUnitsF32,
    [['src', 'dst']],
  ),
  square_errors_i8: row(
    [
      input('codes', 'i8', perSample),
      input('targets', 'i32', perSample, wholes(perSample)),
      size('channels', 1),
      size('samples', 4),
      input(
        'values',
        'f64',
        256,
        wholes(() => 256),
      ),
      both('sums', 'f64', perChannel, wholes(perChannel)),
    ],
    squareErrorsI8,
  ),
};

import type { Heap } from '../heap.js';
import { type Arguments, both, input, row, size } from '../row.js';

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

/** Magnitudes of contents whose squares are added: half the bits of a sum, less those of a count. */
const LARGEST = 2 ** 20;

/** Whole numbers of either sign. */
const wholes = (count: (given: Arguments) => number) => ({
  fill: (given: Arguments, random: (below: number) => number) =>
    Array.from({ length: count(given) }, () => random(2 * LARGEST) - LARGEST),
});

const perSample = (given: Arguments): number => given['channels']! * given['samples']!;
const perChannel = (given: Arguments): number => given['channels']!;

export const errorRows = {
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

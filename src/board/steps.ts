import { avgPool } from '../fixed/index.js';
import { clamp, largestCode, shiftRightRounding, smallestCode } from '../fixed/rounding.js';
import type { Multipliers, Requantization } from '../kernels/overlay-epilogue.js';

/** An accumulator on its way to a code: the number after each step of `docs/spec/overlay.md`, section 2. */
export interface Steps {
  readonly accumulator: number;
  readonly prescale_shift: number;
  readonly scale: number;
  readonly postscale_shift: number;
  /** In units of the accumulator or of the output, as the overlay has it. */
  readonly bias: number;
  /** Before the first shift: with the bias where the overlay adds it there. */
  readonly before_prescale: number;
  readonly after_prescale: number;
  /** The number that is multiplied. */
  readonly clamped: number;
  /** Before the second shift. */
  readonly product: number;
  readonly after_postscale: number;
  /** Whether these are the multipliers for results below 0, those of a leaky activation. */
  readonly negative: boolean;
  /** After the clamp, the bias that the overlay adds to the code, and the activation. */
  readonly code: number;
}

/** The element of a channel: lists have one per channel, or one for all. */
export const ofChannel = (list: ArrayLike<number>, channel: number): number =>
  list[list.length === 1 ? 0 : channel] ?? 0;

/** The steps of an accumulator; below zero those of the set for negative results, where there is one. */
export function stepsOf(accumulator: number, end: Requantization, channel: number): Steps {
  const positive = through(accumulator, end, end.positive, channel);
  const isLeaking = end.negative !== undefined && positive.code < 0;
  const steps = isLeaking ? { ...through(accumulator, end, end.negative, channel), negative: true } : positive;
  const code = Math.min(Math.max(steps.code, end.floor ?? -Infinity), end.ceiling ?? Infinity);
  return { ...steps, code };
}

function through(accumulator: number, end: Requantization, set: Multipliers, channel: number): Steps {
  const { interLayer, bitsOut } = end;
  const [lo, hi] = [smallestCode(bitsOut), largestCode(bitsOut)];
  const [prescale, scale, postscale] = [set.prescale, set.scale, set.postscale].map((list) => ofChannel(list, channel));
  const bias = set.bias === undefined ? 0 : ofChannel(set.bias, channel);
  const isEarly = interLayer.biasStage === 'accumulator';
  const before = accumulator + (isEarly ? bias * 2 ** interLayer.biasShift : 0);
  const shifted = interLayer.usesPrescale ? shiftRightRounding(before, prescale ?? 0) : before;
  const bits = interLayer.prescaledBits === 'output' ? bitsOut : interLayer.prescaledBits;
  const clamped = bits === null ? shifted : clamp(shifted, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
  const product = clamped * (scale ?? 0);
  const after = shiftRightRounding(product, postscale ?? 0);
  const scaled = clamp(after, lo, hi);
  return {
    accumulator,
    prescale_shift: prescale ?? 0,
    scale: scale ?? 0,
    postscale_shift: postscale ?? 0,
    bias,
    before_prescale: before,
    after_prescale: shifted,
    clamped,
    product,
    after_postscale: after,
    negative: false,
    code: isEarly ? scaled : clamp(scaled + bias, lo, hi),
  };
}

/** The steps of the sum of a window in an average pooling: a product of float32, cut to a whole number, and a shift. */
export function averageStepsOf(sum: number, { bitsOut, positive }: Requantization, channel: number): Steps {
  const [scale, postscale] = [ofChannel(positive.scale, channel), ofChannel(positive.postscale, channel)];
  const product = Math.trunc(Math.fround(Math.fround(sum) * Math.fround(scale))) + 0;
  return {
    accumulator: sum,
    prescale_shift: 0,
    scale,
    postscale_shift: postscale,
    bias: 0,
    before_prescale: sum,
    after_prescale: sum,
    clamped: sum,
    product,
    after_postscale: shiftRightRounding(product, postscale),
    negative: false,
    code: avgPool(sum, scale, postscale, bitsOut),
  };
}

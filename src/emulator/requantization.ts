import { gridStep } from '../fixed/grid.js';
import { quantizeBias, quantizeBiasV3 } from '../fixed/index.js';
import { largestCode, roundHalfEven } from '../fixed/rounding.js';
import type { Multipliers, OverlayEnd } from '../kernels/overlay-epilogue.js';
import {
  decompose,
  type EntryForm,
  type Limits,
  limitsOf,
  type Overlay,
  type ScalingEntry,
  slopeMultiplier,
  type Triple,
} from '../scaling/index.js';

/** An activation after a layer, as rules state it. */
export interface ActivationRule {
  readonly slopes: readonly number[];
  readonly ceiling: number;
}

const f32 = Math.fround;
/** Largest bias code the v3 overlay holds at 8 bits; `quantizeBiasV3` can give one more. */
const BIAS_HIGH = 8388607;

/** A v3 bias as a layer takes it: 24 bits at 8 bits, as it is at 16. */
function biasV3(entry: ScalingEntry, channel: number, bias: number): number {
  const code = quantizeBiasV3(entry.th_layer_in, entry.th_params![channel]!, entry.bw_layer_in, bias, entry.bw_params);
  return entry.bw_layer_in === 8 ? Math.min(BIAS_HIGH, code) : code;
}

/** The multiplier 1, which every overlay holds exactly. */
const SAME: Triple = { prescale_shift: 0, scale: 1, postscale_shift: 0 };

const isLeaky = (activation: ActivationRule | null): activation is ActivationRule =>
  activation?.slopes.some((slope) => slope !== 0) === true;

/** Codes an activation lets through: ReLU from 0 on, ReLU6 at most `round_half_even(6 / sf_out)`. */
function passing(activation: ActivationRule | null, thOut: number, bw: number): { floor?: number; ceiling?: number } {
  if (activation === null) return {};
  const step = gridStep(thOut, bw);
  return {
    ...(isLeaky(activation) ? {} : { floor: 0 }),
    ...(activation.ceiling < Infinity && step > 0
      ? { ceiling: Math.min(largestCode(bw), roundHalfEven(f32(activation.ceiling / step))) }
      : {}),
  };
}

function multipliersFrom(triples: readonly Triple[], bias?: readonly number[]): Multipliers {
  return {
    prescale: triples.map((triple) => triple.prescale_shift),
    scale: triples.map((triple) => triple.scale),
    postscale: triples.map((triple) => triple.postscale_shift),
    ...(bias === undefined ? {} : { bias }),
  };
}

/**
 * What a leaky ReLU or PReLU computes below zero: from the sum again, with the multiplier times its slope
 * decomposed by the layer's row. Our choice where the vendor's emulator is silent, so that negatives do not clip
 * at a threshold that was measured after the slope.
 */
function leaking(multipliers: readonly number[], slopes: readonly number[], row: Limits): Triple[] {
  const of = (list: readonly number[], c: number): number => list[list.length === 1 ? 0 : c]!;
  return Array.from({ length: Math.max(multipliers.length, slopes.length) }, (_, c) =>
    decompose(slopeMultiplier(of(multipliers, c), of(slopes, c)), row),
  );
}

/**
 * A weighted layer with an entry. v2 adds the bias as a code after scaling (saturating: our choice), v3 in units
 * of the accumulator before it. Under a slope v2 scales its bias too; the v3 bias is part of the sum.
 */
export function weightedEnd(
  entry: ScalingEntry,
  form: EntryForm,
  multipliers: readonly number[],
  bias: Float32Array | undefined,
  overlay: Overlay,
  activation: ActivationRule | null,
): OverlayEnd {
  const { bw_layer_in: bitsIn, bw_layer_out: bitsOut, th_layer_out: thOut } = entry;
  const biasCodes = (slopeOf: (c: number) => number): number[] | undefined =>
    bias &&
    Array.from(bias, (b, c) =>
      overlay === 'v2' ? quantizeBias(thOut, bitsOut, f32(b * slopeOf(c))) : biasV3(entry, c, b),
    );
  const positive: Multipliers = {
    prescale: entry.prescale_shift,
    scale: entry.scale,
    postscale: entry.postscale_shift,
    ...(bias === undefined ? {} : { bias: biasCodes(() => 1)! }),
  };
  const end = { overlay, bitsIn, bitsOut, positive, ...passing(activation, thOut, bitsOut) };
  if (!isLeaky(activation)) return end;
  const { slopes } = activation;
  const negative = multipliersFrom(
    leaking(multipliers, slopes, limitsOf(form, bitsIn, overlay)),
    biasCodes((c) => slopes[slopes.length === 1 ? 0 : c]!),
  );
  return { ...end, negative };
}

/** Eltwise: the entry's one triple for all channels; a slope over the sum of the operands. */
export function eltwiseEnd(
  entry: ScalingEntry,
  multiplier: number,
  overlay: Overlay,
  activation: ActivationRule | null,
): OverlayEnd {
  const { bw_layer_in: bitsIn, bw_layer_out: bitsOut } = entry;
  const positive: Multipliers = {
    prescale: entry.prescale_shift,
    scale: entry.scale,
    postscale: entry.postscale_shift,
  };
  const end = { overlay, bitsIn, bitsOut, positive, ...passing(activation, entry.th_layer_out, bitsOut) };
  return isLeaky(activation)
    ? {
        ...end,
        negative: multipliersFrom(leaking([multiplier], activation.slopes, limitsOf('Eltwise', bitsIn, overlay))),
      }
    : end;
}

/** Codes from one grid to another by the rescaling row (our choice): `multiplier` is the quotient of their steps. */
export function rescalingEnd(multiplier: number, bits: number, overlay: Overlay): OverlayEnd {
  return {
    overlay,
    bitsIn: bits,
    bitsOut: bits,
    positive: multipliersFrom([decompose(multiplier, limitsOf('Rescaling', bits, overlay))]),
  };
}

/** An activation where there is no accumulator (our choice): the code is the sum, the multiplier 1, slopes by the rescaling row. */
export function activationEnd(activation: ActivationRule, th: number, bits: number, overlay: Overlay): OverlayEnd {
  const end = {
    overlay,
    bitsIn: bits,
    bitsOut: bits,
    positive: multipliersFrom([SAME]),
    ...passing(activation, th, bits),
  };
  return isLeaky(activation)
    ? { ...end, negative: multipliersFrom(leaking([1], activation.slopes, limitsOf('Rescaling', bits, overlay))) }
    : end;
}

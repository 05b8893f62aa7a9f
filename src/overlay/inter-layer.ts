import { quantizeBias, quantizeBiasV3 } from '../fixed/index.js';
import { gridStep } from '../fixed/grid.js';
import { largestCode, roundHalfEven } from '../fixed/rounding.js';
import type { Engine } from '../kernels/engine.js';
import { decompose, limitsOf, type EntryForm, type Overlay, type ScalingEntry, type Triple } from '../scaling/index.js';

/** What turns a sum into a code on one channel: `rsh(clamp(rsh(sum + offset, pre)) * scale, post) + bias`. */
export interface ChannelStep extends Triple {
  readonly offset: number;
  readonly bias: number;
}

/** One step between layers for every channel, with the clamps of OVERLAY.md ("Widths"). */
export interface InterLayer {
  readonly channels: readonly ChannelStep[];
  /** Used instead where the first result is negative: leaky ReLU, PReLU. */
  readonly negative: readonly ChannelStep[] | null;
  readonly preLow: number;
  readonly preHigh: number;
  readonly bw: number;
  /** Smallest and largest code an activation lets through. */
  readonly floor: number;
  readonly ceiling: number;
}

const BIAS_HIGH = 8388607;
const f32 = Math.fround;

/** The form `bwIn` picks and the clamps of width `bwOut`. v2 clamps before scaling to the output's width, v3 to 24 bits at 16 bits only. */
function clamps(overlay: Overlay, bwIn: number, bwOut: number): { preLow: number; preHigh: number } {
  if (overlay === 'v2') return { preLow: -largestCode(bwOut) - 1, preHigh: largestCode(bwOut) };
  return bwIn === 8 ? { preLow: -Infinity, preHigh: Infinity } : { preLow: -8388608, preHigh: 8388607 };
}

/** v3 ignores the shift before scaling at 8 bits. */
const onOverlay = (triple: Triple, overlay: Overlay, bwIn: number): Triple => (overlay === 'v3' && bwIn === 8 ? { ...triple, prescale_shift: 0 } : triple);

/** An activation after a layer, as rules state it. */
export interface ActivationRule {
  readonly slopes: readonly number[];
  readonly ceiling: number;
}

const isLeaky = (activation: ActivationRule | null): activation is ActivationRule => activation !== null && activation.slopes.some((slope) => slope !== 0);

/** Codes an activation lets through: ReLU from 0 on, ReLU6 at most `round_half_even(6 / sf_out)`. */
function passing(activation: ActivationRule | null, thOut: number, bw: number): { floor: number; ceiling: number } {
  const step = gridStep(thOut, bw);
  const limited = activation !== null && activation.ceiling < Infinity && step > 0;
  return {
    floor: activation === null || isLeaky(activation) ? -largestCode(bw) - 1 : 0,
    ceiling: limited ? Math.min(largestCode(bw), roundHalfEven(activation.ceiling / step)) : largestCode(bw),
  };
}

const slopeOf = (activation: ActivationRule, channel: number): number => activation.slopes[activation.slopes.length === 1 ? 0 : channel]!;

/**
 * A weighted layer with an entry. v2 adds its bias as a code after scaling, v3 in units of the accumulator
 * before (a code of 8388608 is clipped to 8388607). Below zero a leaky activation computes the value again from
 * the sum, with the multiplier times its slope (v2: and the bias times its slope): our choice where the vendor's
 * emulator is silent, so that negatives do not clip at a threshold measured after the slope.
 */
export function weightedStep(entry: ScalingEntry, form: EntryForm, multipliers: readonly number[], bias: Float32Array | undefined, overlay: Overlay, activation: ActivationRule | null): InterLayer {
  const { bw_layer_in: bwIn, bw_layer_out: bwOut, th_layer_in: thIn, th_layer_out: thOut } = entry;
  const step = (triple: Triple, c: number, slope: number): ChannelStep => {
    const b = bias?.[c] ?? 0;
    if (overlay === 'v2') return { ...triple, offset: 0, bias: quantizeBias(thOut, bwOut, f32(b * slope)) };
    const code = Math.min(BIAS_HIGH, quantizeBiasV3(thIn, entry.th_params?.[c] ?? 0, bwIn, b, entry.bw_params ?? bwIn));
    return { ...onOverlay(triple, overlay, bwIn), offset: bwIn === 8 ? code : code * 65536, bias: 0 };
  };
  const row = limitsOf(form, bwIn, overlay);
  const channels = entry.scale.map((scale, c) => step({ prescale_shift: entry.prescale_shift[c]!, scale, postscale_shift: entry.postscale_shift[c]! }, c, 1));
  const leak = (c: number): ChannelStep => step(decompose(f32(multipliers[c]! * slopeOf(activation!, c)), row), c, slopeOf(activation!, c));
  const negative = isLeaky(activation) ? channels.map((_, c) => leak(c)) : null;
  return { channels, negative, ...clamps(overlay, bwIn, bwOut), bw: bwOut, ...passing(activation, thOut, bwOut) };
}

/** A step with one triple and no bias: Eltwise, with the entry's triple. */
export function eltwiseStep(entry: ScalingEntry, multiplier: number, overlay: Overlay, activation: ActivationRule | null, channels: number): InterLayer {
  const { bw_layer_in: bwIn, bw_layer_out: bwOut } = entry;
  const plain = { offset: 0, bias: 0 };
  const first = { ...onOverlay({ prescale_shift: entry.prescale_shift[0]!, scale: entry.scale[0]!, postscale_shift: entry.postscale_shift[0]! }, overlay, bwIn), ...plain };
  const row = limitsOf('Eltwise', bwIn, overlay);
  const all = Array.from({ length: isLeaky(activation) && activation.slopes.length > 1 ? channels : 1 }, () => first);
  const negative = isLeaky(activation) ? all.map((_, c) => ({ ...onOverlay(decompose(f32(multiplier * slopeOf(activation, c)), row), overlay, bwIn), ...plain })) : null;
  return { channels: all, negative, ...clamps(overlay, bwIn, bwOut), bw: bwOut, ...passing(activation, entry.th_layer_out, bwOut) };
}

/** Codes from one grid to another, by the rescaling row: `multiplier` is the quotient of their steps. */
export function rescalingStep(multiplier: number, bw: number, overlay: Overlay): InterLayer {
  const triple = onOverlay(decompose(multiplier, limitsOf('Rescaling', bw, overlay)), overlay, bw);
  return { channels: [{ ...triple, offset: 0, bias: 0 }], negative: null, ...clamps(overlay, bw, bw), bw, ...passing(null, 0, bw) };
}

/** An activation where there is no accumulator: the code is the sum, the multiplier 1, a slope decomposed by the rescaling row. */
export function activationStep(activation: ActivationRule, th: number, bw: number, overlay: Overlay): InterLayer {
  const same: ChannelStep = { prescale_shift: 0, scale: 1, postscale_shift: 0, offset: 0, bias: 0 };
  const row = limitsOf('Rescaling', bw, overlay);
  const negative = isLeaky(activation) ? activation.slopes.map((slope) => ({ ...onOverlay(decompose(slope, row), overlay, bw), offset: 0, bias: 0 })) : null;
  return { channels: activation.slopes.map(() => same), negative, ...clamps(overlay, bw, bw), bw, ...passing(activation, th, bw) };
}

/** Writes channel steps as the overlay kernels read them (offset, 2^-pre, scale * 2^-post, bias); the address, to be freed. */
export function writeTable(engine: Engine, steps: readonly ChannelStep[]): number {
  const at = engine.heap.alloc(steps.length * 32);
  const table = engine.heap.f64(at, steps.length * 4);
  steps.forEach((step, c) => table.set([step.offset, 2 ** -Math.max(step.prescale_shift, 0), step.scale * 2 ** -Math.max(step.postscale_shift, 0), step.bias], c * 4));
  return at;
}

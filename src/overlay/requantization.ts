import { type BitWidth, CODES, type Grid, stepOf } from '../fixed/grid.js';
import { roundHalfEven } from '../fixed/rounding.js';
import type { Multipliers, Requantization } from '../kernels/overlay-epilogue.js';
import type { Rule } from '../ops/op.js';
import {
  decompose,
  type EntryForm,
  gridsOf,
  type Limits,
  type Overlay,
  type ScalingEntry,
  slopeMultiplier,
  type Triple,
} from '../scaling/index.js';

/** An activation after a layer, as rules state it. */
export type Activation = Pick<Rule & { kind: 'activation' }, 'slopes' | 'ceiling'>;

const f32 = Math.fround;

/** The multiplier 1, which every overlay holds exactly. */
const ONE: Triple = { prescale_shift: 0, scale: 1, postscale_shift: 0 };

/** The element of a channel: lists have one per channel, or one for all. */
const ofChannel = (list: readonly number[], channel: number): number => list[list.length === 1 ? 0 : channel] ?? NaN;

const isLeaky = (activation: Activation | null): activation is Activation =>
  activation?.slopes.some((slope) => slope !== 0) === true;

/** Codes an activation lets through: ReLU from 0 on, ReLU6 at most `round_half_even(6 / sf_out)`. */
function passing(activation: Activation | null, output: Grid): { floor?: number; ceiling?: number } {
  if (activation === null) return {};
  const step = stepOf(output);
  const { largest } = CODES[output.bits];
  return {
    ...(isLeaky(activation) ? {} : { floor: 0 }),
    ...(activation.ceiling < Infinity && step > 0
      ? { ceiling: Math.min(largest, roundHalfEven(f32(activation.ceiling / step))) }
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

function multipliersOfEntry(entry: ScalingEntry, bias?: readonly number[]): Multipliers {
  return {
    prescale: entry.prescale_shift,
    scale: entry.scale,
    postscale: entry.postscale_shift,
    ...(bias === undefined ? {} : { bias }),
  };
}

/**
 * The triples of a leaky ReLU or PReLU below zero: its result is computed from the sum again, with the multiplier times its
 * slope decomposed by the layer's row. Our choice where the vendor's emulator is silent, so that negatives do not clip
 * at a threshold that was measured after the slope.
 */
function leaking(multipliers: readonly number[], slopes: readonly number[], row: Limits): Triple[] {
  return Array.from({ length: Math.max(multipliers.length, slopes.length) }, (_, c) =>
    decompose(slopeMultiplier(ofChannel(multipliers, c), ofChannel(slopes, c)), row),
  );
}

/** The parts of a weighted layer that its requantization follows from. */
export interface WeightedLayer {
  readonly entry: ScalingEntry;
  readonly form: EntryForm;
  /** One per output channel, before they are decomposed. */
  readonly multipliers: readonly number[];
  readonly bias: Float32Array | undefined;
}

/**
 * A weighted layer with an entry. A bias that is added to the code saturates (our choice), and under a slope it is multiplied
 * by the slope; a bias that is added to the accumulator is part of the sum.
 */
export function requantizeWeighted(
  { entry, form, multipliers, bias }: WeightedLayer,
  overlay: Overlay,
  activation: Activation | null,
): Requantization {
  const { input, output, params } = gridsOf(entry);
  const interLayer = overlay.interLayer[input.bits];
  const biasCodes = (slopeOf: (channel: number) => number): number[] | undefined =>
    bias &&
    params.map((grid, channel) => {
      const value = bias[channel] ?? 0;
      const added = interLayer.biasStage === 'code' ? f32(value * slopeOf(channel)) : value;
      return overlay.biasCode({ input, params: grid, output }, added);
    });
  const positive = multipliersOfEntry(
    entry,
    biasCodes(() => 1),
  );
  const end = { interLayer, bitsOut: output.bits, positive, ...passing(activation, output) };
  if (!isLeaky(activation)) return end;
  const { slopes } = activation;
  const triples = leaking(multipliers, slopes, overlay.limits[form][input.bits]);
  const negative = multipliersFrom(
    triples,
    biasCodes((channel) => ofChannel(slopes, channel)),
  );
  return { ...end, negative };
}

/** Eltwise: the entry's one triple for all channels; a slope over the sum of the operands. */
export function requantizeEltwise(
  entry: ScalingEntry,
  multiplier: number,
  overlay: Overlay,
  activation: Activation | null,
): Requantization {
  const { input, output } = gridsOf(entry);
  const end = {
    interLayer: overlay.interLayer[input.bits],
    bitsOut: output.bits,
    positive: multipliersOfEntry(entry),
    ...passing(activation, output),
  };
  if (!isLeaky(activation)) return end;
  const triples = leaking([multiplier], activation.slopes, overlay.limits.Eltwise[input.bits]);
  return { ...end, negative: multipliersFrom(triples) };
}

/** Codes from one grid to another by the rescaling row (our choice): `multiplier` is the quotient of their steps. */
export function requantizeCodes(multiplier: number, bits: BitWidth, overlay: Overlay): Requantization {
  return {
    interLayer: overlay.interLayer[bits],
    bitsOut: bits,
    positive: multipliersFrom([decompose(multiplier, overlay.limits.Rescaling[bits])]),
  };
}

/** An activation where there is no accumulator (our choice): the code is the sum, the multiplier 1, slopes by the rescaling row. */
export function requantizeActivation(activation: Activation, grid: Grid, overlay: Overlay): Requantization {
  const end = {
    interLayer: overlay.interLayer[grid.bits],
    bitsOut: grid.bits,
    positive: multipliersFrom([ONE]),
    ...passing(activation, grid),
  };
  if (!isLeaky(activation)) return end;
  const triples = leaking([1], activation.slopes, overlay.limits.Rescaling[grid.bits]);
  return { ...end, negative: multipliersFrom(triples) };
}

import type { BitWidth, Grid } from '../../fixed/grid.js';
import type { EntryForm } from '../entry.js';

/** What an overlay can hold of a multiplier. */
export interface Limits {
  /** Largest `prescale_shift`, bits. */
  readonly preMax: number;
  /** Bits of `scale`, whose largest value is `2 ** (scaleBits - 1)`. */
  readonly scaleBits: number;
  /** Largest `postscale_shift`, bits. */
  readonly postMax: number;
}

/** A row of the table of limits, with its three numbers in the order of `docs/spec/quantizer.md`, section 6. */
export const limits = (preMax: number, scaleBits: number, postMax: number): Limits => ({ preMax, scaleBits, postMax });

/** Whose multiplier is decomposed: an entry's, or the one between two layers' grids. */
export type LimitsForm = EntryForm | 'Rescaling';

/** Something for each width of the codes that a layer reads. */
export type PerWidth<T> = Readonly<Record<BitWidth, T>>;

/**
 * How an accumulator becomes a code (`docs/spec/overlay.md`, `interLayerV2` and `interLayerV3`): the bias is added, the
 * sum is shifted by `prescale_shift`, clamped, multiplied by `scale`, shifted by `postscale_shift` and clamped.
 */
export interface InterLayer {
  /** Whether the bias code is added to the accumulator, or to the scaled code (which is clamped before and after). */
  readonly biasStage: 'accumulator' | 'code';
  /** Bits by which the bias code is shifted left before it is added to the accumulator. */
  readonly biasShift: number;
  /** Whether `prescale_shift` is used. */
  readonly usesPrescale: boolean;
  /** Signed bits that the sum is clamped to before it is scaled; `output`: those of the output's codes; null: no clamp. */
  readonly prescaledBits: number | 'output' | null;
  /** Signed bits of the accumulator: larger sums are counted as overflows; null: it holds every sum. */
  readonly accumulatorBits: number | null;
}

/** The grids of a channel of a weighted layer. */
export interface ChannelGrids {
  readonly input: Grid;
  readonly params: Grid;
  readonly output: Grid;
}

/** One overlay: everything in which it differs from others. Another overlay is another value in the list of `index.ts`. */
export interface Overlay {
  /** As on the command line and in messages. */
  readonly name: string;
  /** The rows of the table of limits (`docs/spec/quantizer.md`, section 6), by form and width of the input codes. */
  readonly limits: Readonly<Record<LimitsForm, PerWidth<Limits>>>;
  /** The largest `scale` that an entry can have. */
  readonly largestScale: number;
  /** Whether its scaling files have entries for average pooling layers. */
  readonly hasPoolingEntries: boolean;
  /** From accumulator to code. */
  readonly interLayer: PerWidth<InterLayer>;
  /** The code of one channel's bias. With a bias added to the code, a slope of the activation is in `bias` already. */
  biasCode(grids: ChannelGrids, bias: number): number;
  /** The largest of these codes: by the width of the output's codes where it is added to them, else by the input's. */
  readonly largestBias: PerWidth<number>;
}

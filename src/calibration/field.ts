import type { ValueId } from '../graph/graph.js';

/** Statistics of |x| over a blob of all images; exact, so they merge in any order. */
export interface Statistics {
  readonly max: number;
  readonly min: number;
  readonly count: number;
  /** Index of the first image that holds a NaN or an infinity; -1 if none. */
  readonly bad: number;
}

/**
 * What of a value is stored. `raw`: float32, before rounding (or a host layer's result, which is not rounded).
 * `codes`: integers on its present grid. `kept`: the codes it had before a Concat changed its threshold.
 */
export type Form = 'raw' | 'codes' | 'kept';

/** A stored form of a value; integers with the threshold `th` and the bits `bw` of their grid. */
export type Ref =
  | { readonly id: ValueId; readonly form: 'raw' }
  | { readonly id: ValueId; readonly form: 'codes' | 'kept'; readonly th: number; readonly bw: number };

/** A codes form. */
export type CodesRef = Ref & { readonly form: 'codes' };

/** One piece of work on every image of the calibration batch; node numbers index the graph's nodes. */
export type Step =
  /** The network input of each image becomes the raw form of `output`. */
  | { readonly do: 'input'; readonly output: ValueId }
  /** Exact dot product of codes, dequantized, + bias, then the activation node `fused` if any: raw. */
  | {
      readonly do: 'weighted';
      readonly node: number;
      readonly fused: number | null;
      readonly input: CodesRef;
      readonly thParams: readonly number[];
      readonly bwParams: number;
      readonly output: ValueId;
    }
  /** The node's reference on float inputs (codes are dequantized first): raw. */
  | { readonly do: 'float'; readonly node: number; readonly inputs: readonly Ref[] }
  /** The node's reference on stored elements as they are: raw to raw, or codes to codes. */
  | {
      readonly do: 'move';
      readonly node: number;
      readonly inputs: readonly Ref[];
      readonly form: 'raw' | 'codes';
      readonly bw: number;
    }
  /** Pooling on codes. */
  | { readonly do: 'pool'; readonly node: number; readonly input: CodesRef }
  /** Operands rounded again with `th`, `bw`, then summed with coefficients or the largest taken: raw. */
  | {
      readonly do: 'eltwise';
      readonly node: number;
      readonly inputs: readonly CodesRef[];
      readonly th: number;
      readonly bw: number;
    }
  /** Rounds a stored form to codes on a grid. */
  | { readonly do: 'round'; readonly from: Ref; readonly th: number; readonly bw: number }
  /** Copies codes, before others replace them. */
  | { readonly do: 'keep'; readonly from: CodesRef }
  /** Every operand rounded to the grid, then concatenated: codes. */
  | {
      readonly do: 'concat';
      readonly node: number;
      readonly inputs: readonly Ref[];
      readonly th: number;
      readonly bw: number;
    }
  /** Forgets stored forms. */
  | { readonly do: 'free'; readonly values: readonly { readonly id: ValueId; readonly form: Form }[] };

/** Counts of |x| in `bins` bins up to `max` over stored forms taken together (QUANTIZER.md, section 3, step 2). */
export interface HistogramOf {
  readonly refs: readonly Ref[];
  readonly max: number;
  readonly bins: number;
}

/**
 * The calibration batch: holds every image's stored forms, wherever they live (this thread, workers, a
 * temporary file), and does each step on all of them. Results do not depend on how the images are spread.
 */
export interface Field {
  /** Does steps, one after the other; resolves to statistics of the raw form that each wrote (of no elements if it wrote none). */
  steps(steps: readonly Step[]): Promise<Statistics[]>;
  /** Statistics of stored forms taken together. */
  statistics(refs: readonly Ref[]): Promise<Statistics>;
  /** The counts of each histogram. */
  histograms(asked: readonly HistogramOf[]): Promise<Float64Array[]>;
}

/** Whether a step writes codes or nothing, so that it has no statistics and nobody need wait for it. */
export function isSilent(step: Step): boolean {
  return (
    step.do === 'round' ||
    step.do === 'keep' ||
    step.do === 'pool' ||
    step.do === 'concat' ||
    step.do === 'free' ||
    (step.do === 'move' && step.form === 'codes')
  );
}

/** Statistics of two disjoint parts of a batch. */
export function merge(a: Statistics, b: Statistics): Statistics {
  const bad = a.bad < 0 ? b.bad : b.bad < 0 ? a.bad : Math.min(a.bad, b.bad);
  return { max: Math.max(a.max, b.max), min: Math.min(a.min, b.min), count: a.count + b.count, bad };
}

/** Statistics of nothing: the neutral element of {@link merge}. */
export const nothing: Statistics = { max: 0, min: Infinity, count: 0, bad: -1 };

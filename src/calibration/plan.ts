import type { BitWidth } from '../fixed/grid.js';
import type { LayerCalibration } from '../scaling/index.js';
import type { Step, StoredForm, ThresholdId } from './step.js';

/** Bit widths of input activations, parameters and output activations. */
export interface BitWidths {
  readonly input: BitWidth;
  readonly params: BitWidth;
  readonly output: BitWidth;
}

/** What a plan depends on besides the graph. */
export interface PlanOptions {
  readonly widths: BitWidths;
  /** Every threshold becomes the next one whose grid step is a power of two. */
  readonly powerOfTwo?: boolean;
  /** Progressive walk: a Concat's threshold is written back through Pooling and inner Concats too. */
  readonly unifyConcat?: boolean;
  /** Reference walk: inner products have entries, so a Concat's threshold is written back to them too. */
  readonly includeInnerProduct?: boolean;
}

/** How a threshold is found. */
export type PlannedThreshold =
  /** From the magnitudes of all elements of these forms, taken together. `node`: the layer whose output or input is measured. */
  | {
      readonly from: 'measured';
      readonly forms: readonly StoredForm[];
      readonly bits: BitWidth;
      readonly node: number;
    }
  /** The largest of other thresholds. */
  | { readonly from: 'largest'; readonly of: readonly ThresholdId[] }
  /** Fixed in training, by a FakeQuant node. `node`: as above. */
  | { readonly from: 'trained'; readonly threshold: number; readonly bits: BitWidth; readonly node: number }
  /** The largest weight magnitude of each output channel of a layer: one number for each channel. */
  | { readonly from: 'weights'; readonly node: number; readonly bits: BitWidth };

/** The forms that a threshold is measured on. */
export function measuredForms(threshold: PlannedThreshold | undefined): readonly StoredForm[] {
  return threshold?.from === 'measured' ? threshold.forms : [];
}

/** An entry of the scaling file before its thresholds are known; see {@link LayerCalibration}. */
export interface PlannedEntry extends Omit<LayerCalibration, 'th_layer_in' | 'th_layer_out' | 'th_params'> {
  readonly th_layer_in: ThresholdId;
  readonly th_layer_out: ThresholdId;
  /** Null where the layer has no parameters. */
  readonly th_params: ThresholdId | null;
}

/** Steps that need no threshold but those found before them. Threads wait for each other between stages, not within one. */
export interface Stage {
  /** Thresholds that are measured before the steps, together. */
  readonly search: readonly ThresholdId[];
  readonly steps: readonly Step[];
  /** The layers whose computation begins here, for progress. */
  readonly nodes: readonly number[];
}

/**
 * A calibration, known in full before an image is read: what is computed in which order, where each threshold is measured, and
 * which thresholds an entry takes. Nothing in it depends on a measured number. Plain data.
 */
export interface CalibrationPlan {
  readonly thresholds: readonly PlannedThreshold[];
  readonly stages: readonly Stage[];
  /** In network order. */
  readonly entries: readonly PlannedEntry[];
  /** Whether each threshold that is measured, trained or of weights becomes the next one whose grid step is a power of two. */
  readonly powerOfTwo: boolean;
  /** Layers whose parameters must be finite though no threshold is taken of them. */
  readonly finiteParams: readonly number[];
}

import type { BitWidth } from '../fixed/grid.js';
import type { ValueId } from '../graph/graph.js';
import type { LayerCalibration } from '../scaling/index.js';
import type { Step, StoredForm, ThresholdId } from './step.js';

/** Bit widths of input activations, parameters and output activations. */
export interface BitWidths {
  readonly input: BitWidth;
  readonly params: BitWidth;
  readonly output: BitWidth;
}

/** The widths of a network's values and layers, by value and by index of the node. */
export interface PlannedWidths {
  /** Of the codes of a value: where it is written, or where it comes from the host. */
  value(id: ValueId): BitWidth;
  /** Of the codes that a weighted layer or an Eltwise reads. */
  input(index: number): BitWidth;
  /** Of a weighted layer's weights. */
  params(index: number): BitWidth;
}

/** Statistics of each channel: counts of values, or the smallest and the largest value. */
export type ChannelStatistics = 'histograms' | 'extremes';

/** The thresholds that are found from statistics of each channel. */
export interface ChannelOptions {
  /** The statistics, by width of the threshold's codes. Null: magnitudes of all channels together. */
  readonly statistics: Readonly<Record<BitWidth, ChannelStatistics | null>>;
  /** Whether the overlay adds a bias to the code of the sum, so that a threshold depends on it. */
  readonly biasOnCode: boolean;
}

/** The options that a plan depends on. */
export interface PlanOptions {
  readonly widths: BitWidths;
  /** Progressive walk: the widths of layers and values; those of `widths` where absent. */
  readonly layerWidths?: PlannedWidths;
  /** Every threshold becomes the next one whose grid step is a power of two. */
  readonly powerOfTwo?: boolean;
  /** Progressive walk: a Concat's threshold is written back through Pooling and inner Concats too. */
  readonly unifyConcat?: boolean;
  /** Reference walk: inner products have entries, so a Concat's threshold is written back to them too. */
  readonly includeInnerProduct?: boolean;
  /** Where absent, every threshold is found from magnitudes of all channels together. */
  readonly channels?: ChannelOptions;
}

/** The unrounded output of a weighted layer: the layer whose bias is in it, and the activation behind that. */
export interface WeightedOutput {
  readonly layer: number;
  readonly activation: number | null;
}

/** The statistics of channels that a threshold is found from. */
export interface MeasuredChannels {
  readonly statistics: ChannelStatistics;
  /** For each form the layer whose bias the overlay adds to its codes; null: none. */
  readonly biased: readonly (WeightedOutput | null)[];
}

/** How a threshold is found. */
export type PlannedThreshold =
  /**
   * From the magnitudes of all elements of these forms, taken together. `node`: the layer whose output or input is
   * measured.
   */
  | {
      readonly from: 'measured';
      readonly forms: readonly StoredForm[];
      readonly bits: BitWidth;
      readonly node: number;
      /** Absent: magnitudes of all channels together are enough. */
      readonly channels?: MeasuredChannels;
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

/**
 * Steps that need no threshold but those found before them. Threads wait for each other between stages, not within one.
 */
export interface Stage {
  /** Thresholds that are measured before the steps, together. */
  readonly search: readonly ThresholdId[];
  readonly steps: readonly Step[];
  /** The layers whose computation begins here, for progress. */
  readonly nodes: readonly number[];
}

/**
 * A calibration, known in full before an image is read: what is computed in which order, where each threshold is
 * measured, and which thresholds an entry takes. Nothing in it depends on a measured number. Plain data.
 */
export interface CalibrationPlan {
  readonly thresholds: readonly PlannedThreshold[];
  readonly stages: readonly Stage[];
  /** In network order. */
  readonly entries: readonly PlannedEntry[];
  /**
   * Whether each threshold that is measured, trained or of weights becomes the next one whose grid step is a power of
   * two.
   */
  readonly powerOfTwo: boolean;
  /** Layers whose parameters must be finite though no threshold is taken of them. */
  readonly finiteParams: readonly number[];
}

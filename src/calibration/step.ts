import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { BitWidth } from '../fixed/grid.js';
import type { ValueId } from '../graph/graph.js';

/** Index of a threshold in the plan's `thresholds`. Its number is found when the plan is executed. */
export type ThresholdId = number;

/** A grid whose threshold the plan names. */
export interface PlannedGrid {
  readonly threshold: ThresholdId;
  readonly bits: BitWidth;
}

/** Float32 elements of a value as its layer computed them, before rounding. */
export interface RawForm {
  readonly value: ValueId;
  readonly grid: null;
}

/** A value as integer codes on a grid. */
export interface CodesForm {
  readonly value: ValueId;
  readonly grid: PlannedGrid;
}

/** One stored form of a value. Each form is written once; a value has as many code forms as it has thresholds. */
export type StoredForm = RawForm | CodesForm;

/**
 * One computation on every image of the calibration batch. `node` is the index of the layer that it belongs to.
 * `docs/spec/quantizer.md`, sections 4 and 5, define the arithmetic.
 */
export type Step =
  /** Writes the network input of each image, raw. */
  | { readonly do: 'input'; readonly node: number }
  /** Exact dot products of codes, dequantized, plus bias, then the activation `fused`, if any: raw. */
  | {
      readonly do: 'weighted';
      readonly node: number;
      readonly fused: number | null;
      readonly input: CodesForm;
      /** The threshold is one number for each output channel. */
      readonly params: PlannedGrid;
    }
  /** The layer in float32; codes are dequantized first: raw. */
  | { readonly do: 'float'; readonly node: number; readonly inputs: readonly StoredForm[] }
  /** Moves stored elements; the outputs have the form of the first input. */
  | { readonly do: 'move'; readonly node: number; readonly inputs: readonly [StoredForm, ...StoredForm[]] }
  /** Pools codes: codes on the same grid. */
  | { readonly do: 'pool'; readonly node: number; readonly input: CodesForm }
  /** Operands rounded again to `grid`, then summed with coefficients, or the largest of them: raw. */
  | {
      readonly do: 'eltwise';
      readonly node: number;
      readonly inputs: readonly CodesForm[];
      readonly grid: PlannedGrid;
    }
  /** Every operand rounded to `grid`, then concatenated: codes. */
  | { readonly do: 'concat'; readonly node: number; readonly inputs: readonly StoredForm[]; readonly grid: PlannedGrid }
  /**
   * Rounds the output `from.value` of layer `node`: codes on `grid`. `releases`: nothing reads `from` after; that of each image is
   * released when it is rounded.
   */
  | {
      readonly do: 'round';
      readonly node: number;
      readonly from: StoredForm;
      readonly grid: PlannedGrid;
      readonly releases?: boolean;
    }
  /**
   * A weighted layer and the activation `fused`, if any, in the overlay's arithmetic: codes on `grid`. `layer`: the threshold
   * that says how it is finished.
   */
  | {
      readonly do: 'emulate';
      readonly node: number;
      readonly fused: number | null;
      readonly input: CodesForm;
      readonly layer: ThresholdId;
      readonly grid: PlannedGrid;
    }
  /** Releases stored forms. */
  | { readonly do: 'free'; readonly forms: readonly StoredForm[] };

/** A step of one kind. */
export type StepOf<K extends Step['do']> = Step & { readonly do: K };

/** A name of a stored form that no other form has. */
export function formKey({ value, grid }: StoredForm): string {
  return grid === null ? `${value}` : `${value}@${grid.threshold}`;
}

/** The forms that a step reads. */
export function formsRead(step: Step): readonly StoredForm[] {
  switch (step.do) {
    case 'weighted':
    case 'pool':
    case 'emulate':
      return [step.input];
    case 'float':
    case 'move':
    case 'eltwise':
    case 'concat':
      return step.inputs;
    case 'round':
      return [step.from];
    case 'input':
    case 'free':
      return [];
  }
}

/** The forms that a step writes. */
export function formsWritten(step: Step, network: AnalysedGraph): readonly StoredForm[] {
  switch (step.do) {
    case 'weighted':
      return [{ value: network.output(step.fused ?? step.node), grid: null }];
    case 'input':
    case 'float':
    case 'eltwise':
      return network.node(step.node).outputs.map((value) => ({ value, grid: null }));
    case 'move':
      return network.node(step.node).outputs.map((value) => ({ ...step.inputs[0], value }));
    case 'pool':
      return [{ value: network.output(step.node), grid: step.input.grid }];
    case 'concat':
      return [{ value: network.output(step.node), grid: step.grid }];
    case 'round':
      return [{ value: step.from.value, grid: step.grid }];
    case 'emulate':
      return [{ value: network.output(step.fused ?? step.node), grid: step.grid }];
    case 'free':
      return [];
  }
}

/** The forms that are gone after a step. */
export function formsReleased(step: Step): readonly StoredForm[] {
  if (step.do === 'free') return step.forms;
  return step.do === 'round' && step.releases === true ? [step.from] : [];
}

/** The thresholds whose numbers a step needs, other than those of the codes it reads. */
export function thresholdsUsed(step: Step): readonly ThresholdId[] {
  if (step.do === 'weighted') return [step.params.threshold];
  if (step.do === 'emulate') return [step.layer, step.grid.threshold];
  return 'grid' in step ? [step.grid.threshold] : [];
}

/** Whether a step writes codes or nothing: it has no statistics to wait for. */
export function isSilent(step: Step): boolean {
  return step.do === 'move'
    ? step.inputs[0].grid !== null
    : ['round', 'pool', 'concat', 'emulate', 'free'].includes(step.do);
}

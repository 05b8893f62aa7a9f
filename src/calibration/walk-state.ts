import type { GraphNode } from '../graph/graph.js';
import type { LayerCalibration } from '../scaling/index.js';
import type { Ref, Statistics, Step } from './field.js';

/** A threshold that is searched when somebody first asks: many are replaced before that. */
export interface Cell {
  th: number | null;
  readonly source: readonly Ref[];
  readonly statistics: Statistics | null;
  readonly bw: number;
  readonly node: GraphNode;
  /** How many entries have it as their `th_layer_out`. */
  holders: number;
}

/** What is known of a value while the walk goes on. `cell` null: float32 without a threshold. */
export interface State {
  cell: Cell | null;
  bw: number;
  /** The threshold the stored codes were rounded with. */
  rounded: Cell | null;
  /** What an activation works on where a Concat has changed the threshold since. */
  kept: Ref | null;
  /** Made in float32, below a host layer: a threshold it has by now was found for a reader. */
  readonly float: boolean;
  hasRaw: boolean;
  statistics: Statistics | null;
}

/** A weighted node whose input is rounded; `end` is it or its fused activation. */
export interface Weighted {
  readonly node: GraphNode;
  readonly end: GraphNode;
  readonly form: LayerCalibration['form'];
  readonly step: Step & { readonly do: 'weighted' };
}

export type Draft = Omit<LayerCalibration, 'th_layer_out'> & { out: Cell };

/** Gives an entry another `th_layer_out`. */
export function give(draft: Draft, cell: Cell): void {
  draft.out.holders--;
  draft.out = cell;
  cell.holders++;
}

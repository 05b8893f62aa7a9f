import type { RuleOf } from '../analysis/analysed-graph.js';
import { fail } from '../error.js';
import type { Grid } from '../fixed/grid.js';
import { describe, type GraphNode } from '../graph/graph.js';
import type { NodeShapes } from '../graph/shapes.js';
import type { Codes } from '../kernels/codes.js';
import type { Rule } from '../ops/op.js';
import type { Placement } from '../placement/placement.js';
import type { Overlay } from '../scaling/index.js';
import type { Counters } from './counters.js';
import type { EmulationMemory, Run } from './memory.js';
import type { Operands } from './operands.js';

/** One layer of one image: reads the values of a run, writes the layer's results into it. */
export type Action = (run: Run) => void;

/** Everything that the layers of an emulation are prepared with. */
export interface EmulationContext {
  readonly placement: Placement;
  readonly overlay: Overlay;
  readonly memory: EmulationMemory;
  readonly operands: Operands;
  /** Null: nothing is counted. */
  readonly counters: Counters | null;
  /** The codes of a layer's weights on the grids of its channels; `overlayWeights` where absent. */
  readonly weightCodes?: ((node: GraphNode, params: readonly Grid[]) => Codes) | undefined;
}

/** A layer of one kind, with its index, sizes and rule. */
export interface Layer<K extends Rule['kind'] = Rule['kind']> {
  readonly index: number;
  readonly node: GraphNode;
  readonly shapes: NodeShapes;
  readonly rule: RuleOf<K>;
}

/** A method that operators of the layer's kind have. */
export function provided<T>(method: T | undefined, node: GraphNode, name: string): T {
  return method ?? fail('internal', describe(node), `expected its operator to have "${name}", got none.`);
}

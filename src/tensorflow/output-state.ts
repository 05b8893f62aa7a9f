import { fail } from '../error.js';
import type { ValueId } from '../graph/graph.js';
import type { Constant } from './constant.js';

/** State of one output of a node while the graph is built. */
export type OutputState =
  | { readonly kind: 'constant'; readonly value: Constant }
  | { readonly kind: 'value'; readonly id: ValueId }
  | ListState
  /** Behind the branch of a Switch that is not taken. */
  | { readonly kind: 'dead' }
  /** Depends on a node that cannot be run. */
  | { readonly kind: 'unsupported' };

/** A list of tensors: the state of each place, undefined for one that nothing has filled. */
export interface ListState {
  readonly kind: 'list';
  readonly items: readonly (OutputState | undefined)[];
}

/** The state of an output that was evaluated. */
export function constantState(value: Constant): OutputState {
  return { kind: 'constant', value };
}

/** The constant of a state. Throws `internal` for a state of another kind. */
export function constantOfState(state: OutputState): Constant {
  return state.kind === 'constant' ? state.value : fail('internal', '', `expected a constant, got a ${state.kind}.`);
}

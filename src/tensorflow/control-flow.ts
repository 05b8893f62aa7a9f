import { constant } from './constant.js';
import { constantState, type OutputState } from './output-state.js';

/** Whether a node of this type passes its input to one of two branches. */
export function isSwitch(type: string): boolean {
  return type === 'Switch' || type === 'RefSwitch';
}

/** Whether a node of this type passes on the input whose branch was taken. */
export function isMerge(type: string): boolean {
  return type === 'Merge' || type === 'RefMerge';
}

/** Outputs of a Switch (false branch, true branch); undefined where its predicate depends on the network's input. */
export function switchOutputs([data, predicate]: readonly OutputState[]): readonly OutputState[] | undefined {
  if (data === undefined || predicate?.kind !== 'constant') return undefined;
  const taken = predicate.value.data[0] !== 0 ? 1 : 0;
  return [0, 1].map((branch) => (branch === taken ? data : { kind: 'dead' }));
}

/** Outputs of a Merge: the first input that is not dead, and its index. */
export function mergeOutputs(inputs: readonly OutputState[]): readonly OutputState[] {
  const index = inputs.findIndex((state) => state.kind !== 'dead');
  const live = inputs[index];
  if (live === undefined || live.kind === 'unsupported') return [live ?? { kind: 'dead' }];
  return [live, constantState(constant('DT_INT32', [], [index]))];
}

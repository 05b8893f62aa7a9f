import { expectOutputs } from '../ops/support/axes.js';
import { attributeOf } from './attributes.js';
import { constant } from './constant.js';
import type { NodeDef } from './node.js';
import { constantState, type OutputState } from './output-state.js';

/** Whether a node of this type passes its input to one of several branches. */
export function isSwitch(type: string): boolean {
  return type === 'Switch' || type === 'RefSwitch' || type === '_SwitchN';
}

/** Whether a node of this type passes on the input whose branch was taken. */
export function isMerge(type: string): boolean {
  return type === 'Merge' || type === 'RefMerge';
}

/**
 * Outputs of a Switch (false branch, true branch) or of a _SwitchN, whose last branch also stands for a number that is no
 * branch's; undefined where the predicate depends on the network's input.
 */
export function switchOutputs(
  node: NodeDef,
  [data, predicate]: readonly OutputState[],
): readonly OutputState[] | undefined {
  if (data === undefined || predicate?.kind !== 'constant') return undefined;
  const { op } = node;
  const [value = 0] = predicate.value.data;
  const count = op === '_SwitchN' ? (attributeOf(node, 'num_outs') as number) : 2;
  expectOutputs(count);
  const number = op === '_SwitchN' ? value : Number(value !== 0);
  const taken = number >= 0 && number < count ? number : count - 1;
  return Array.from({ length: count }, (_, branch) => (branch === taken ? data : { kind: 'dead' }));
}

/** Outputs of a Merge: the first input that is not dead, and its index. */
export function mergeOutputs(inputs: readonly OutputState[]): readonly OutputState[] {
  const index = inputs.findIndex((state) => state.kind !== 'dead');
  const live = inputs[index];
  if (live === undefined || live.kind === 'unsupported') return [live ?? { kind: 'dead' }];
  return [live, constantState(constant('DT_INT32', [], [index]))];
}

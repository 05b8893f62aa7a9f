import { fail } from '../../error.js';
import type { Layout, Tensor } from '../../tensor.js';
import type { Op, OpNode } from '../op.js';

/** A list with at least so many elements. */
export type AtLeast<T, N extends 1 | 2 | 3> = N extends 1
  ? readonly [T, ...T[]]
  : N extends 2
    ? readonly [T, T, ...T[]]
    : readonly [T, T, T, ...T[]];

/**
 * The list, with at least `count` elements: the inputs, outputs or params of a node whose number `shape` or `params` has
 * checked. Throws `internal` where there are fewer.
 */
export function atLeast<T, N extends 1 | 2 | 3>(list: readonly T[], count: N): AtLeast<T, N> {
  if (list.length < count) fail('internal', '', `expected at least ${count} operands, got ${list.length}.`);
  return list as unknown as AtLeast<T, N>;
}

/** The first element of a list that has one, as `atLeast` has it. */
export function first<T>(list: readonly T[]): T {
  return atLeast(list, 1)[0];
}

/** The element at an index that the list has. Throws `internal` where it has not. */
export function nth<T>(list: readonly T[], index: number): T {
  return list[index] ?? fail('internal', '', `expected more than ${index} elements, got ${list.length}.`);
}

/** The weights of a weighted node, `params[0]`, and its bias, `params[1]`; null if it has none. */
export function weightsAndBias({ params }: Pick<OpNode<unknown>, 'params'>): {
  readonly weights: Tensor;
  readonly bias: Float32Array | null;
} {
  return { weights: first(params), bias: params[1]?.data ?? null };
}

/** The `reference` of an op with one input and one output. */
export function oneToOne<A>(
  write: (node: OpNode<A>, input: Tensor<any>, output: Tensor<any>, layout: Layout) => void,
): Op<A>['reference'] {
  return (node, inputs, outputs, layout) => write(node, first(inputs), first(outputs), layout);
}

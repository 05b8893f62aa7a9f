import type { ActivationShape } from '../../kernels/elementwise.js';
import { elements, type Shape, type Tensor } from '../../tensor.js';
import type { Op, Rule } from '../op.js';
import { expectInputs } from './axes.js';
import { first, oneToOne } from './operands.js';

/** Output shape of an operator with one input that keeps it. */
export function keepShape(_attrs: unknown, inputs: readonly Shape[]): readonly [Shape] {
  const [input] = expectInputs(inputs, 1);
  return [input];
}

/** Writes `f(x)` of every element, evaluated in double and rounded once by the float32 output. */
export function mapElements(input: Tensor<any>, output: Tensor<any>, f: (x: number) => number): void {
  const { data } = input;
  for (let index = 0; index < data.length; index++) output.data[index] = f(data[index]);
}

/** The `reference` of an op that changes the shape alone: it copies the elements in their order. */
export function copyElements(_node: unknown, inputs: readonly Tensor<any>[], outputs: readonly Tensor<any>[]): void {
  for (const output of outputs) output.data.set(first(inputs).data);
}

/** The first input as one row, for an activation with one slope. */
export function wholeOf(inputs: readonly Shape[]): ActivationShape {
  return { rows: 1, columns: elements(first(inputs)), slopesOf: 'rows' };
}

/** A host layer that maps every element by itself. `tensorflow`: the node type that means it, with these attributes. */
export function hostMap<A>(
  name: string,
  types: readonly string[],
  attributes: NonNullable<Op<A>['caffe']>['attributes'],
  f: (attrs: A) => (x: number) => number,
  tensorflow?: { readonly type: string; readonly attrs: A },
): Op<A> {
  return {
    name,
    caffe: { types, attributes },
    ...(tensorflow && {
      tensorflow: { types: [tensorflow.type], read: () => ({ attrs: tensorflow.attrs, inputs: [0], params: [] }) },
    }),
    shape: keepShape,
    rule: (): Rule => ({ kind: 'host' }),
    reference: oneToOne(({ attrs }, input, output) => mapElements(input, output, f(attrs))),
  };
}

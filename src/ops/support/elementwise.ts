import { aligned, type Lowering } from '../../kernels/lowering.js';
import type { Shape, Tensor } from '../../tensor.js';
import type { Op, Rule } from '../op.js';
import { expectInputs } from './axes.js';

/** Output shape of an operator with one input that keeps it. */
export function keepShape(_attrs: unknown, inputs: readonly Shape[]): readonly Shape[] {
  expectInputs(inputs, 1);
  return [inputs[0]!];
}

/** Writes `f(x)` of every element, evaluated in double and rounded once by the float32 output. */
export function mapElements(input: Tensor<any>, output: Tensor<any>, f: (x: number) => number): void {
  const { data } = input;
  for (let index = 0; index < data.length; index++) output.data[index] = f(data[index]);
}

/** Copies elements in their order: what a change of shape alone does. */
export function copyElements(_node: unknown, inputs: readonly Tensor<any>[], outputs: readonly Tensor<any>[]): void {
  for (const output of outputs) output.data.set(inputs[0]!.data);
}

/**
 * An activation on a kernel: [rows, columns, perRow] of the input, and a slope for each row or each column; null: negative
 * elements become +0.
 */
export function lowerActivation(
  slopes: ArrayLike<number> | null,
  [rows, columns, perRow]: readonly [number, number, boolean],
  ceiling: number,
): Lowering {
  const bytes = slopes === null ? 0 : aligned(slopes.length * 4);
  return {
    constants: bytes,
    scratch: 0,
    prepare({ heap }, at) {
      if (slopes !== null) heap.f32(at, slopes.length).set(slopes);
    },
    run({ kernels }, at) {
      const activate = perRow ? kernels.activate_f32 : kernels.activate_columns_f32;
      activate(
        at.inputs[0]!,
        at.outputs[0]!,
        rows,
        columns,
        slopes === null ? 0 : at.constants,
        slopes === null ? 0 : -Infinity,
        ceiling,
      );
    },
  };
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
    reference: ({ attrs }, [input], [output]) => mapElements(input!, output!, f(attrs)),
  };
}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Affine, Op, OpNode } from '../../src/ops/op.js';
import { elements, type Layout, type Shape, type Tensor } from '../../src/tensor.js';
import { floats } from '../kernels/random.js';
import { compare, prepare } from './run-cases.js';

/** The output of a node's reference. */
export function run<A>(op: Op<A>, node: OpNode<A>, input: Tensor, layout: Layout): Tensor {
  const output = op.shape(node.attrs, [input.shape])[0]!;
  const result = { shape: output, data: new Float32Array(elements(output)) };
  op.reference(node, [input], [result], layout);
  return result;
}

/** A seeded affine map over channels. */
export function someAffine(channels: number, seed: number, shifted = true): Affine {
  const shift = Float64Array.from(floats(channels, seed + 1));
  return { scale: Float64Array.from(floats(channels, seed, 3)), shift: shifted ? shift : shift.fill(0), alone: true };
}

/** The map applied to every element. */
export function apply(
  { scale: factors, shift }: Affine,
  { shape, data }: Tensor,
  channelOf: (index: number) => number,
): Tensor {
  return { shape, data: data.map((x, i) => x * factors[channelOf(i)]! + shift[channelOf(i)]!) };
}

/** The channel of an element of a shape by its index. */
export const channelIn =
  (shape: readonly number[], layout: Layout) =>
  (index: number): number =>
    shape.length < 3 || layout === 'NHWC'
      ? index % shape.at(-1)!
      : Math.floor(index / elements(shape.slice(2))) % shape[1]!;

/** A node, and an affine map at its input or output. */
export interface AbsorbCase<A> {
  readonly name: string;
  readonly attrs: A;
  readonly shape: Shape;
  readonly side: 'input' | 'output';
  readonly layout?: Layout;
  /** Whether the op takes the map in. */
  readonly taken?: boolean;
  /** Whether the map adds something. */
  readonly shifted?: boolean;
}

/** Declares a test: the node and the map one after the other, against the node that took the map in. */
export function checkAbsorb<A>(
  op: Op<A>,
  { name, attrs, shape, side, layout = 'NCHW', taken = true, shifted = true }: AbsorbCase<A>,
): void {
  test(`${op.name} ${taken ? 'takes in' : 'leaves'} an affine map at its ${side}: ${name}`, () => {
    const { node, inputs, outputs, shapes } = prepare(op, { name, attrs, inputs: [shape], layout }, 11);
    const around = side === 'input' ? shapes.inputs[0]! : shapes.outputs[0]!;
    const channels = layout === 'NCHW' ? around[1]! : around.at(-1)!;
    const affine = someAffine(channels, 5, shifted);
    const absorbed = op.absorbAffine!(node, affine, side, shapes);
    assert.is(absorbed !== undefined, taken);
    if (absorbed === undefined) return;
    op.reference(
      node,
      [side === 'input' ? apply(affine, inputs[0]!, channelIn(shape, layout)) : inputs[0]!],
      outputs,
      layout,
    );
    const want = side === 'output' ? apply(affine, outputs[0]!, channelIn(around, layout)) : outputs[0]!;
    const specs = op.params!(absorbed.attrs, shapes.inputs);
    assert.equal(
      absorbed.params.map((param) => elements(param.shape)),
      specs.map((spec) => elements(spec.shape)),
    );
    compare(name, run(op, absorbed, inputs[0]!, layout).data, want.data, 1e-5);
  });
}

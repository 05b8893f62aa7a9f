import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Attributes } from '../../src/graph/graph.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import type { NodeShapes, Op, OpNode } from '../../src/ops/op.js';
import { elements, formatShape, type Layout, type Shape, type Tensor } from '../../src/tensor.js';
import { floats, integers } from '../kernels/random.js';
import { runLowering } from '../kernels/run.js';

/** One use of an operator, and what must come out. */
export interface Case<A> {
  readonly name: string;
  readonly attrs: A;
  /** Sizes filled with seeded numbers, or the numbers themselves. */
  readonly inputs: readonly (Shape | Tensor)[];
  /** In the order of `params`; seeded numbers where absent. */
  readonly params?: readonly ArrayLike<number>[] | undefined;
  readonly layout?: Layout | undefined;
  /** Sizes of the outputs. */
  readonly shapes?: readonly Shape[] | undefined;
  /** Values of the outputs, written out or by an independent definition in double; within a few float32 roundings. */
  readonly expected?:
    | readonly ArrayLike<number>[]
    | ((inputs: readonly Tensor[], node: OpNode<A>) => readonly ArrayLike<number>[]);
  /** Relative to the largest expected value; 0: the same bits. */
  readonly tolerance?: number | undefined;
}

/** What must be rejected, and by which words. */
export interface Rejection<A> {
  readonly name: string;
  readonly attrs: A;
  readonly inputs: readonly Shape[];
  readonly message: RegExp;
}

const isTensor = (input: Shape | Tensor): input is Tensor => 'data' in input;

/** A node with its inputs: everything a case describes. */
export function prepare<A>(
  op: Op<A>,
  one: Case<A>,
  seed: number,
): { node: OpNode<A>; inputs: Tensor[]; outputs: Tensor[]; shapes: NodeShapes } {
  const inputs = one.inputs.map(
    (input, i): Tensor => (isTensor(input) ? input : { shape: input, data: floats(elements(input), seed + i, 2) }),
  );
  const inputShapes = inputs.map((input) => input.shape);
  const params = (op.params?.(one.attrs, inputShapes) ?? []).map((spec, i): Tensor => {
    const data =
      one.params?.[i] === undefined ? floats(elements(spec.shape), seed + 50 + i) : Float32Array.from(one.params[i]!);
    assert.is(data.length, elements(spec.shape), `${one.name}: ${spec.role} of ${formatShape(spec.shape)}`);
    return { shape: spec.shape, data };
  });
  const outputShapes = op.shape(one.attrs, inputShapes);
  const node: OpNode<A> = {
    name: one.name,
    op: op.name,
    type: op.name,
    where: '',
    attrs: one.attrs,
    params,
    inputs: inputs.map((_, i) => i),
    outputs: outputShapes.map((_, i) => inputs.length + i),
  };
  const outputs = outputShapes.map((shape): Tensor => ({ shape, data: new Float32Array(elements(shape)).fill(NaN) }));
  return {
    node,
    inputs,
    outputs,
    shapes: { inputs: inputShapes, outputs: outputShapes, layout: one.layout ?? 'NCHW' },
  };
}

/** Compares bit by bit, or within `tolerance` of the largest expected value. */
export function compare(what: string, got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void {
  assert.is(got.length, want.length, `${what}: length`);
  const scale = Math.max(...Array.from(want, (value) => (Number.isFinite(value) ? Math.abs(value) : 0)));
  for (let i = 0; i < want.length; i++) {
    const same = Object.is(got[i], want[i]) || (tolerance > 0 && Math.abs(got[i]! - want[i]!) <= tolerance * scale);
    assert.ok(same, `${what}: element ${i}: expected ${want[i]}, got ${got[i]}`);
  }
}

async function engines(): Promise<Engine[]> {
  return [await createEngine({ simd: 'wasm' }), await createEngine({ simd: 'twin' })];
}

/** Bits of inputs and weights a weighted operator is accumulated with. */
const widths = [
  { input: 8, params: 8 },
  { input: 16, params: 16 },
  { input: 8, params: 16 },
  { input: 16, params: 8 },
];

/**
 * The definition of a weighted operator's sums, independent of its own loops: for each output which input element meets which
 * of the weights of its channel's row.
 */
export type Products<A> = (
  node: OpNode<A>,
  shapes: NodeShapes,
) => Iterable<{ channel: number; pixel: number; products: readonly (readonly [number, number])[] }>;

/** Exact sums over codes, [channel][pixel]. */
function exactSums<A>(
  definition: Products<A>,
  node: OpNode<A>,
  shapes: NodeShapes,
  channels: number,
  input: ArrayLike<number>,
  rows: ArrayLike<number>,
): bigint[] {
  const pixels = elements(shapes.outputs[0]!) / channels;
  const sums = new Array<bigint>(channels * pixels).fill(0n);
  for (const { channel, pixel, products } of definition(node, shapes)) {
    const row = (channel * rows.length) / channels;
    sums[channel * pixels + pixel] = products.reduce(
      (sum, [at, k]) => sum + BigInt(input[at]!) * BigInt(rows[row + k]!),
      0n,
    );
  }
  return sums;
}

function checkAccumulation<A>(
  op: Op<A>,
  one: Case<A>,
  list: readonly Engine[],
  seed: number,
  definition: Products<A>,
): void {
  const { node, shapes } = prepare(op, one, seed);
  const rule = op.rule(node, shapes);
  if (rule.kind !== 'weighted') return;
  for (const bits of widths) {
    for (const extreme of [false, true]) {
      const limit = (width: number): number => 2 ** (width - 1) - 1;
      const count = elements(shapes.inputs[0]!);
      const codes = extreme ? new Int16Array(count).fill(limit(bits.input)) : integers(count, seed, limit(bits.input));
      const input = bits.input === 8 ? Int8Array.from(codes) : codes;
      const length = node.params[0]!.data.length;
      const weights = extreme
        ? new Int16Array(length).fill(limit(bits.params))
        : integers(length, seed + 9, limit(bits.params));
      const want = exactSums(definition, node, shapes, rule.channels, input, weights);
      const { lowering, type } = op.accumulate!(node, shapes, weights, bits);
      for (const engine of list) {
        const got = runLowering(
          engine,
          lowering,
          [input],
          [[type === 'i32' ? Int32Array : Float64Array, want.length]],
        )[0]!;
        const at = want.findIndex((sum, i) => BigInt(got[i]) !== sum);
        assert.is(
          at,
          -1,
          `${one.name}: ${engine.kind} ${JSON.stringify(bits)} ${extreme ? 'extreme' : 'random'}: sum ${at} expected ${want[at]}, got ${got[at]}`,
        );
      }
    }
  }
}

function checkReference<A>(op: Op<A>, one: Case<A>, seed: number): void {
  const { node, inputs, outputs, shapes } = prepare(op, one, seed);
  if (one.shapes !== undefined) assert.equal(shapes.outputs, one.shapes, `${one.name}: shapes`);
  op.reference(node, inputs, outputs, shapes.layout);
  const expected = typeof one.expected === 'function' ? one.expected(inputs, node) : one.expected;
  expected?.forEach((want, i) => compare(`${one.name}: output ${i}`, outputs[i]!.data, want, one.tolerance ?? 1e-6));
  if (expected === undefined)
    outputs.forEach(({ data }) => assert.not.ok(data.some(Number.isNaN), `${one.name}: an element was not written`));
}

function checkLowering<A>(op: Op<A>, one: Case<A>, list: readonly Engine[], seed: number): void {
  const { node, inputs, outputs, shapes } = prepare(op, one, seed);
  const lowering = op.lower?.(node, shapes);
  if (lowering === undefined) return;
  op.reference(node, inputs, outputs, shapes.layout);
  for (const engine of list) {
    const got = runLowering(
      engine,
      lowering,
      inputs.map((input) => input.data),
      outputs.map(({ data }) => [Float32Array, data.length]),
    );
    outputs.forEach(({ data }, i) => compare(`${one.name}: lowered on ${engine.kind}`, got[i], data, 0));
  }
}

/** A shape rule moves elements of any type alike. */
function checkMoves<A>(op: Op<A>, one: Case<A>, seed: number): void {
  const { node, inputs, outputs, shapes } = prepare(op, one, seed);
  const { kind } = op.rule(node, shapes);
  if (kind !== 'shape' && kind !== 'concat') return;
  op.reference(node, inputs, outputs, shapes.layout);
  const all = inputs.flatMap((input) => [...input.data]);
  const codes = (data: Float32Array): Int16Array => Int16Array.from(data, (value) => all.indexOf(value));
  const moved = outputs.map(({ shape, data }) => ({ shape, data: new Int16Array(data.length) }));
  op.reference(
    node,
    inputs.map(({ shape, data }) => ({ shape, data: codes(data) })),
    moved,
    shapes.layout,
  );
  outputs.forEach(({ data }, i) => compare(`${one.name}: moved codes`, moved[i]!.data, codes(data), 0));
}

/** Runs a check; what it throws names the seed of the numbers and the case's attributes. */
async function reporting<A>(one: Case<A>, seed: number, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (error instanceof Error) error.message += `\n    seed ${seed}, attributes ${JSON.stringify(one.attrs)}`;
    throw error;
  }
}

/**
 * Declares a test for every case and every rejection of an operator. A case is held against the definition; the kernels, on
 * SIMD and on twins, against the reference, bit for bit; a shape rule also on codes; a weighted operator's sums of codes,
 * where `products` defines them, against whole numbers.
 */
export function runCases<A extends Attributes>(
  op: Op<A>,
  cases: readonly Case<A>[],
  rejections: readonly Rejection<NoInfer<A>>[] = [],
  products?: Products<NoInfer<A>>,
): void {
  cases.forEach((one, index) => {
    test(`${op.name}: ${one.name}`, async () => {
      const list = await engines();
      const seed = 1000 * (index + 1);
      await reporting(one, seed, async () => {
        checkReference(op, one, seed);
        checkMoves(op, one, seed);
        checkLowering(op, one, list, seed);
        if (products !== undefined) checkAccumulation(op, one, list, seed, products);
      });
    });
  });
  for (const { name, attrs, inputs, message } of rejections) {
    test(`${op.name} rejects ${name}`, () => {
      assert.throws(
        () => op.shape(attrs, inputs),
        (error: Error) => message.test(error.message) || assert.unreachable(error.message),
      );
    });
  }
}

import type { Graph, GraphNode, Value, ValueId } from '../graph/graph.js';
import { type BinaryAttrs, channelConstant } from '../ops/binary.js';
import type { EltwiseAttrs } from '../ops/eltwise.js';
import type { ReluAttrs } from '../ops/relu.js';
import { channelAxis, type Shape } from '../tensor.js';

/**
 * What a value is of another one, `x`: `positive[c] * x` where x > 0 and `negative[c] * x` where x < 0.
 * Every written-out ReLU and PReLU is a combination of such forms that has `positive` 1.
 */
interface Form {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** Forms of a value by the value they are of. */
type Forms = ReadonlyMap<ValueId, Form>;

/** How many forms of a value are remembered, the nearest ones: no written-out activation has that many steps, and a network may have thousands. */
const REMEMBERED = 16;

const sameSizes = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, axis) => size === b[axis]);
const zip = (a: Float64Array, b: Float64Array, f: (x: number, y: number) => number): Float64Array =>
  a.map((x, c) => f(x, b[c]!));

/**
 * Recognises activations that are written out in arithmetic: `Relu(x) + a * (x - Abs(x)) * 0.5`, `Relu(x) - a * Relu(-x)`,
 * `Select(x > 0, x, a * x)`, `Maximum(x, a * x)` and their like become a ReLU or PReLU, a minimum around a ReLU its
 * ceiling. What nobody reads any more stays: it may be asked for by name.
 */
export function recognise(graph: Graph): Graph {
  const forms: Forms[] = [];
  const signs = new Map<ValueId, { of: ValueId; positive: boolean }>();
  const nodes = graph.nodes.map((node) => {
    const output = node.outputs[0]!;
    const found = formsOf(graph, node, forms, signs);
    const sign = signOf(node);
    if (sign !== undefined) signs.set(output, sign);
    for (const id of node.outputs)
      forms[id] = new Map([...(id === output ? [...found].slice(1 - REMEMBERED) : []), [id, unit(graph.values[id]!)]]);
    return node.op === 'relu' || node.op === 'prelu' ? node : (rectifier(graph, node, found) ?? node);
  });
  return { ...graph, nodes: withCeilings(graph, nodes) };
}

function unit(value: Value): Form {
  const count = value.shape[channelAxis(value.shape.length, value.layout)] ?? 1;
  const ones = new Float64Array(count).fill(1);
  return { positive: ones, negative: ones };
}

/** `x > 0`, `x >= 0`, `x < 0`, `0 < x` ...: which value is compared, and whether truth means it is above zero. */
function signOf(node: GraphNode): { of: ValueId; positive: boolean } | undefined {
  const { operation, constant } = node.attrs as BinaryAttrs;
  const direction =
    node.op !== 'binary' || constant === 'none'
      ? 0
      : operation.startsWith('greater')
        ? 1
        : operation.startsWith('less')
          ? -1
          : 0;
  if (direction === 0 || node.params[0]!.data.some((value) => value !== 0)) return undefined;
  return { of: node.inputs[0]!, positive: direction > 0 === (constant === 'right') };
}

function formsOf(
  graph: Graph,
  node: GraphNode,
  known: readonly Forms[],
  signs: ReadonlyMap<ValueId, { of: ValueId; positive: boolean }>,
): Forms {
  const shape = graph.values[node.outputs[0] ?? 0]!.shape;
  if (
    node.outputs.length !== 1 ||
    node.inputs.some((id) => node.op !== 'select' && !sameSizes(graph.values[id]!.shape, shape))
  )
    return new Map();
  const inputs = node.inputs.map((id) => known[id]!);
  if (node.op === 'select') return selected(node, inputs, signs);
  if (node.op === 'eltwise') return combined(node.attrs as EltwiseAttrs, inputs);
  const f = oneInput(graph, node);
  return f === undefined ? new Map() : new Map([...inputs[0]!].map(([id, form]) => [id, f(form)]));
}

/** How a node with one data input changes a form. */
function oneInput(graph: Graph, node: GraphNode): ((form: Form) => Form) | undefined {
  const scaled =
    (factor: (c: number) => number) =>
    ({ positive, negative }: Form): Form => ({
      positive: positive.map((x, c) => x * factor(c)),
      negative: negative.map((x, c) => x * factor(c)),
    });
  if (node.op === 'relu' && (node.attrs as ReluAttrs).ceiling === Infinity)
    return rectified((node.attrs as ReluAttrs).slope);
  if (node.op === 'abs-val') return rectified(-1);
  if (node.op === 'unary') return node.attrs['operation'] === 'neg' ? scaled(() => -1) : undefined;
  if (node.op !== 'binary') return undefined;
  const { operation, constant } = node.attrs as BinaryAttrs;
  const value = graph.values[node.outputs[0]!]!;
  const factors = channelConstant(node as never, value.shape, value.layout);
  if (factors === undefined) return undefined;
  if (operation === 'mul') return scaled((c) => factors[c]!);
  if (operation === 'div' && constant === 'right') return scaled((c) => 1 / factors[c]!);
  if (factors.some((factor) => factor !== 0)) return undefined;
  return operation === 'max' ? rectified(0) : operation === 'min' ? negativePart : undefined;
}

/** `Math.min(t, 0)` of a form t. */
function negativePart({ positive, negative }: Form): Form {
  return { positive: positive.map((x) => Math.min(x, 0)), negative: negative.map((x) => Math.max(x, 0)) };
}

/** `t < 0 ? t * slope : t` of a form t. */
function rectified(slope: number): (form: Form) => Form {
  const above = (x: number): number => (x < 0 ? x * slope : x);
  const below = (x: number): number => (x > 0 ? x * slope : x);
  return ({ positive, negative }) => ({ positive: positive.map(above), negative: negative.map(below) });
}

/** Sum or maximum of forms of the same value. */
function combined({ operation, coefficients }: EltwiseAttrs, inputs: readonly Forms[]): Forms {
  if (operation === 'product') return new Map();
  const weight = (index: number): number => coefficients[index] ?? 1;
  const join = (a: Form, b: Form, index: number): Form =>
    operation === 'max'
      ? { positive: zip(a.positive, b.positive, Math.max), negative: zip(a.negative, b.negative, Math.min) }
      : {
          positive: zip(a.positive, b.positive, (x, y) => x + weight(index) * y),
          negative: zip(a.negative, b.negative, (x, y) => x + weight(index) * y),
        };
  const first = [...inputs[0]!].filter(([id]) => inputs.every((forms) => forms.has(id)));
  return new Map(
    first.map(([id, { positive, negative }]) => {
      const start: Form = {
        positive: positive.map((x) => x * weight(0)),
        negative: negative.map((x) => x * weight(0)),
      };
      return [
        id,
        inputs.slice(1).reduce((form: Form, forms, index) => join(form, forms.get(id)!, index + 1), start),
      ] as const;
    }),
  );
}

function selected(
  node: GraphNode,
  inputs: readonly Forms[],
  signs: ReadonlyMap<ValueId, { of: ValueId; positive: boolean }>,
): Forms {
  const sign = signs.get(node.inputs[0]!);
  const [yes, no] = [inputs[1]?.get(sign?.of ?? -1), inputs[2]?.get(sign?.of ?? -1)];
  if (sign === undefined || yes === undefined || no === undefined) return new Map();
  const [above, below] = sign.positive ? [yes, no] : [no, yes];
  return new Map([[sign.of, { positive: above.positive, negative: below.negative }]]);
}

/** The node as ReLU or PReLU of the nearest value whose positive part it keeps. */
function rectifier(graph: Graph, node: GraphNode, forms: Forms): GraphNode | undefined {
  const { shape: sizes } = graph.values[node.outputs[0]!]!;
  const found = [...forms]
    .reverse()
    .find(
      ([id, { positive, negative }]) =>
        sameSizes(graph.values[id]!.shape, sizes) && positive.every((x) => x === 1) && negative.some((x) => x !== 1),
    );
  if (found === undefined) return undefined;
  const [input, { negative }] = found;
  const slopes = Float32Array.from(negative, (x) => x);
  const common = { ...node, inputs: [input] };
  if (slopes.every((slope) => slope === slopes[0]))
    return { ...common, op: 'relu', attrs: { slope: slopes[0] === 0 ? 0 : slopes[0], ceiling: Infinity }, params: [] };
  const { shape, layout } = graph.values[input]!;
  return {
    ...common,
    op: 'prelu',
    attrs: { axis: channelAxis(shape.length, layout), shared: false },
    params: [{ shape: [slopes.length], data: slopes }],
  };
}

/** Minimum(Relu(x), 6) and Relu(Minimum(x, 6)) as a ReLU with a ceiling. */
function withCeilings(graph: Graph, nodes: readonly GraphNode[]): GraphNode[] {
  const writers = new Map(nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  const ceilingOf = (node: GraphNode | undefined): number | undefined => {
    const { operation, constant } = (node?.attrs ?? {}) as Partial<BinaryAttrs>;
    const data = node?.op === 'binary' && operation === 'min' && constant !== 'none' ? node.params[0]!.data : undefined;
    return data?.length === 1 && data[0]! > 0 ? data[0] : undefined;
  };
  const isRelu = (node: GraphNode | undefined): node is GraphNode =>
    node?.op === 'relu' && (node.attrs as ReluAttrs).ceiling === Infinity;
  return nodes.map((node) => {
    const before = writers.get(node.inputs[0]!);
    const [outer, inner] = [ceilingOf(node), ceilingOf(before)];
    const sizes = graph.values[node.outputs[0]!]!.shape;
    if (outer !== undefined && isRelu(before) && sameSizes(graph.values[before.inputs[0]!]!.shape, sizes))
      return { ...node, op: 'relu', attrs: { ...before.attrs, ceiling: outer }, inputs: before.inputs, params: [] };
    if (isRelu(node) && inner !== undefined && sameSizes(graph.values[before!.inputs[0]!]!.shape, sizes))
      return { ...node, attrs: { ...node.attrs, ceiling: inner }, inputs: before!.inputs };
    return node;
  });
}

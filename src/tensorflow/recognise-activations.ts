import type { Graph, GraphNode, Value, ValueId } from '../graph/graph.js';
import { type BinaryAttrs, channelConstant } from '../ops/binary.js';
import type { EltwiseAttrs } from '../ops/eltwise.js';
import type { OpNode } from '../ops/op.js';
import type { ReluAttrs } from '../ops/relu.js';
import { channelAxis, type Shape } from '../tensor.js';
import { foldCeilings } from './fold-ceilings.js';
import { required } from './required.js';

/**
 * A value as a function of another one, `x`, for each channel c: `positive[c] * x` where x > 0 and `negative[c] * x`
 * where x < 0. A written-out ReLU or PReLU is a combination of such functions whose `positive` is 1.
 */
interface PiecewiseLinear {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** A value as a function of each of several values, by their ids. */
type Functions = ReadonlyMap<ValueId, PiecewiseLinear>;

/** A truth value that is the sign of another value. */
interface Sign {
  readonly of: ValueId;
  /** Whether truth means that the value is above zero. */
  readonly positive: boolean;
}

/**
 * How many functions of a value are kept, those of the nearest values: written-out activations have fewer steps, and
 * networks may have thousands of nodes.
 */
const KEPT = 16;

/**
 * Replaces activations that are written out in arithmetic, such as `Relu(x) + a * (x - Abs(x)) * 0.5`,
 * `Relu(x) - a * Relu(-x)`, `Select(x > 0, x, a * x)` and `Maximum(x, a * x)`, by a ReLU or PReLU, and a minimum around
 * a ReLU by its ceiling. Values that no node reads any more stay: they may be wanted by name.
 */
export function recogniseActivations(graph: Graph): Graph {
  const search = new ActivationSearch(graph);
  return foldCeilings({ ...graph, nodes: graph.nodes.map((node) => search.replace(node)) });
}

/** Goes through the nodes in network order and keeps each value as a function of the values before it. */
class ActivationSearch {
  private readonly functions = new Map<ValueId, Functions>();
  private readonly signs = new Map<ValueId, Sign>();

  constructor(private readonly graph: Graph) {}

  /** The node, or the activation it is. Nodes are to be given in network order. */
  replace(node: GraphNode): GraphNode {
    const found = this.functionsOf(node);
    const sign = signOf(node);
    node.outputs.forEach((id, index) => {
      if (index === 0 && sign !== undefined) this.signs.set(id, sign);
      const nearest = index === 0 ? [...found].slice(1 - KEPT) : [];
      this.functions.set(id, new Map([...nearest, [id, identity(this.value(id))]]));
    });
    return node.op === 'relu' || node.op === 'prelu' ? node : (this.activation(node, found) ?? node);
  }

  private value(id: ValueId): Value {
    return required(this.graph.values[id], `value ${id}`);
  }

  private functionsOf(node: GraphNode): Functions {
    const [output, ...others] = node.outputs;
    if (output === undefined || others.length > 0) return new Map();
    const { shape } = this.value(output);
    if (node.op !== 'select' && node.inputs.some((id) => !sameSizes(this.value(id).shape, shape))) return new Map();
    const inputs = node.inputs.map((id) => this.functions.get(id) ?? new Map<ValueId, PiecewiseLinear>());
    if (node.op === 'select') return this.selected(node, inputs);
    if (node.op === 'eltwise') return combined(node.attrs as EltwiseAttrs, inputs);
    const change = this.changeOf(node, this.value(output));
    return change === undefined ? new Map() : new Map([...(inputs[0] ?? [])].map(([id, f]) => [id, change(f)]));
  }

  /** How a node with one data input changes a function of that input; undefined if it is not piecewise linear. */
  private changeOf(node: GraphNode, output: Value): ((f: PiecewiseLinear) => PiecewiseLinear) | undefined {
    if (node.op === 'relu') {
      const { slope, ceiling } = node.attrs as ReluAttrs;
      return ceiling === Infinity ? rectified(slope) : undefined;
    }
    if (node.op === 'abs-val') return rectified(-1);
    if (node.op === 'unary') return node.attrs['operation'] === 'neg' ? scaled(() => -1) : undefined;
    if (node.op !== 'binary') return undefined;
    const { operation, constant } = node.attrs as BinaryAttrs;
    const factors = channelConstant(node as OpNode<any>, output.shape, output.layout);
    if (factors === undefined) return undefined;
    if (operation === 'mul') return scaled((c) => factors[c]!);
    if (operation === 'div' && constant === 'right') return scaled((c) => 1 / factors[c]!);
    if (factors.some((factor) => factor !== 0)) return undefined;
    return operation === 'max' ? rectified(0) : operation === 'min' ? negativePart : undefined;
  }

  private selected(node: GraphNode, [, whereTrue, whereFalse]: readonly Functions[]): Functions {
    const [condition = -1] = node.inputs;
    const sign = this.signs.get(condition);
    if (sign === undefined) return new Map();
    const [yes, no] = [whereTrue?.get(sign.of), whereFalse?.get(sign.of)];
    if (yes === undefined || no === undefined) return new Map();
    const [above, below] = sign.positive ? [yes, no] : [no, yes];
    return new Map([[sign.of, { positive: above.positive, negative: below.negative }]]);
  }

  /** The node as ReLU or PReLU of the nearest value whose positive part it keeps. */
  private activation(node: GraphNode, functions: Functions): GraphNode | undefined {
    const found = [...functions].reverse().find(([id, { positive, negative }]) => {
      const isSameSize = node.outputs.every((output) => sameSizes(this.value(id).shape, this.value(output).shape));
      return isSameSize && positive.every((x) => x === 1) && negative.some((x) => x !== 1);
    });
    if (found === undefined) return undefined;
    const [input, { negative }] = found;
    const slopes = Float32Array.from(negative);
    const [slope = 0] = slopes;
    const common = { ...node, inputs: [input] };
    if (slopes.every((other) => other === slope))
      return { ...common, op: 'relu', attrs: { slope: slope === 0 ? 0 : slope, ceiling: Infinity }, params: [] };
    const { shape, layout } = this.value(input);
    return {
      ...common,
      op: 'prelu',
      attrs: { axis: channelAxis(shape.length, layout), shared: false },
      params: [{ shape: [slopes.length], data: slopes }],
    };
  }
}

function sameSizes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function identity({ shape, layout }: Value): PiecewiseLinear {
  const ones = new Float64Array(shape[channelAxis(shape.length, layout)] ?? 1).fill(1);
  return { positive: ones, negative: ones };
}

/** Reads `x > 0`, `x >= 0`, `x < 0`, `0 < x` ... */
function signOf(node: GraphNode): Sign | undefined {
  const { operation, constant } = node.attrs as BinaryAttrs;
  const [param] = node.params;
  const [of] = node.inputs;
  if (node.op !== 'binary' || constant === 'none' || param === undefined || of === undefined) return undefined;
  if (!/^(greater|less)/.test(operation) || param.data.some((value) => value !== 0)) return undefined;
  return { of, positive: operation.startsWith('greater') === (constant === 'right') };
}

/** `factor(c) * t` of a function t. */
function scaled(factor: (c: number) => number): (f: PiecewiseLinear) => PiecewiseLinear {
  return ({ positive, negative }) => ({
    positive: positive.map((x, c) => x * factor(c)),
    negative: negative.map((x, c) => x * factor(c)),
  });
}

/** `Math.min(t, 0)` of a function t. */
function negativePart({ positive, negative }: PiecewiseLinear): PiecewiseLinear {
  return { positive: positive.map((x) => Math.min(x, 0)), negative: negative.map((x) => Math.max(x, 0)) };
}

/** `t < 0 ? t * slope : t` of a function t. */
function rectified(slope: number): (f: PiecewiseLinear) => PiecewiseLinear {
  const above = (x: number): number => (x < 0 ? x * slope : x);
  const below = (x: number): number => (x > 0 ? x * slope : x);
  return ({ positive, negative }) => ({ positive: positive.map(above), negative: negative.map(below) });
}

/** Weighted sum, or maximum, of functions of the same value. */
function combined({ operation, coefficients }: EltwiseAttrs, inputs: readonly Functions[]): Functions {
  if (operation === 'product') return new Map();
  const [first = new Map<ValueId, PiecewiseLinear>(), ...others] = inputs;
  const result = new Map<ValueId, PiecewiseLinear>();
  for (const [id, function0] of first) {
    const functions = others.flatMap((known) => known.get(id) ?? []);
    if (functions.length < others.length) continue;
    const start = scaled(() => coefficients[0] ?? 1)(function0);
    const join = operation === 'max' ? larger : plus;
    result.set(
      id,
      functions.reduce((sum, f, index) => join(sum, f, coefficients[index + 1] ?? 1), start),
    );
  }
  return result;
}

const zip = (a: Float64Array, b: Float64Array, f: (x: number, y: number) => number): Float64Array =>
  a.map((x, c) => f(x, b[c]!));

function larger(a: PiecewiseLinear, b: PiecewiseLinear): PiecewiseLinear {
  return { positive: zip(a.positive, b.positive, Math.max), negative: zip(a.negative, b.negative, Math.min) };
}

function plus(a: PiecewiseLinear, b: PiecewiseLinear, weight: number): PiecewiseLinear {
  const add = (x: number, y: number): number => x + weight * y;
  return { positive: zip(a.positive, b.positive, add), negative: zip(a.negative, b.negative, add) };
}

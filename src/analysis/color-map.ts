import type { Graph, GraphNode, ValueId } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import { channelAxis, elements, type Tensor, zeros } from '../tensor.js';
import { type AnalysedGraph, analyse } from './analysed-graph.js';

/**
 * What the first operations of a network do to the color of a pixel: channel c of their result is
 * `scale[c] * input[from[c]] + shift[c]`.
 */
export interface ColorMap {
  readonly from: readonly number[];
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

/** More operations than this between input and first layer are no preprocessing. */
const MOST_NODES = 64;
/** The magnitude of the colors that are tried. */
const UNIT = 100;
/** How far from affine a result may be, by its magnitude: float32 rounds after each operation. */
const TOLERANCE = 1e-3;

/**
 * What a graph computes of its input's color before its first layer: operations that scale and shift channels, change
 * their order, resize, pad or reshape. It is found by running them on images of one color. Undefined where they are no
 * such map, where they end in several values, or where input or result is no image of 1 or 3 channels.
 */
export function colorMap(graph: Graph, input: ValueId): ColorMap | undefined {
  const front = frontOf(graph, input);
  const channels = front === undefined ? undefined : channelsOf(front.analysed, input);
  if (front === undefined || channels === undefined || channelsOf(front.analysed, front.end) === undefined)
    return undefined;
  const colors = Array.from({ length: channels }, (_, lit) =>
    range(channels, (channel) => (channel === lit ? UNIT : 0)),
  );
  const black = run(
    front,
    input,
    range(channels, () => 0),
  );
  const rows = colors.map((color) => run(front, input, color).map((value, c) => (value - (black[c] ?? 0)) / UNIT));
  const map = permutationOf(rows, black);
  const mixed = range(channels, (channel) => UNIT / (channel + 2));
  return map !== undefined && isAffine(map, mixed, run(front, input, mixed)) ? map : undefined;
}

/** The operations between an input and the first layer, and the value that they end in. */
interface Front {
  readonly analysed: AnalysedGraph;
  /** Indices of nodes, in network order; constants among them. */
  readonly nodes: readonly number[];
  readonly end: ValueId;
}

function frontOf(graph: Graph, input: ValueId): Front | undefined {
  const analysed = analyse(graph);
  const [known, constants] = [new Set([input]), new Set<ValueId>()];
  const [nodes, ends] = [[] as number[], new Set<ValueId>(graph.outputs.filter((id) => id === input))];
  for (const [index, node] of graph.nodes.entries()) {
    const isConstant = node.inputs.length === 0 && analysed.rule(index).kind !== 'input';
    if (!isConstant && !node.inputs.some((id) => known.has(id))) continue;
    const isOwn = node.inputs.every((id) => known.has(id) || constants.has(id));
    if (isConstant || (isOwn && isPreprocessing(analysed, node, index))) {
      nodes.push(index);
      for (const id of node.outputs) (isConstant ? constants : known).add(id);
      for (const id of node.outputs) if (!isConstant && graph.outputs.includes(id)) ends.add(id);
    } else for (const id of node.inputs) if (known.has(id)) ends.add(id);
    if (nodes.length > MOST_NODES) return undefined;
  }
  const [end, ...others] = ends;
  return end === undefined || others.length > 0 ? undefined : { analysed, nodes, end };
}

/** Whether an operation may stand between an image and the first layer. */
function isPreprocessing(analysed: AnalysedGraph, node: GraphNode, index: number): boolean {
  const { kind } = analysed.rule(index);
  const isMove = kind === 'shape' || kind === 'concat' || kind === 'host';
  return isMove || opOf(node).toAffine?.(node, analysed.shapesOf(index)) !== undefined;
}

function channelsOf(analysed: AnalysedGraph, id: ValueId): number | undefined {
  const { shape, layout } = analysed.value(id);
  if (shape.length !== 4 && !(shape.length === 3 && layout === 'NHWC')) return undefined;
  const count = shape[channelAxis(shape.length, layout)];
  return count === 1 || count === 3 ? count : undefined;
}

/** The color of the result's middle pixel for an image of one color. */
function run({ analysed, nodes, end }: Front, input: ValueId, color: readonly number[]): number[] {
  const { graph } = analysed;
  const values = new Map<ValueId, Tensor>([[input, plain(analysed, input, color)]]);
  for (const index of nodes) {
    const node = graph.nodes[index];
    if (node === undefined) continue;
    const inputs = node.inputs.flatMap((id) => values.get(id) ?? []);
    const outputs = node.outputs.map((id) => zeros(analysed.value(id).shape));
    opOf(node).reference(node, inputs, outputs, analysed.shapesOf(index).layout);
    for (const [output, id] of node.outputs.entries()) {
      const tensor = outputs[output];
      if (tensor !== undefined) values.set(id, tensor);
    }
  }
  const result = values.get(end);
  return result === undefined ? [] : middlePixel(analysed, end, result.data);
}

function plain(analysed: AnalysedGraph, id: ValueId, color: readonly number[]): Tensor {
  const { shape } = analysed.value(id);
  const { channels, stride } = planes(analysed, id);
  const data = Float32Array.from({ length: elements(shape) }, (_, i) => color[Math.floor(i / stride) % channels] ?? 0);
  return { shape, data };
}

function middlePixel(analysed: AnalysedGraph, id: ValueId, data: Float32Array): number[] {
  const { channels, stride, width } = planes(analysed, id);
  const height = data.length / channels / width;
  const pixel = Math.floor(height / 2) * width + Math.floor(width / 2);
  return range(channels, (channel) => data[stride === 1 ? pixel * channels + channel : channel * stride + pixel] ?? 0);
}

/** Number of channels, elements from one to the next (1: channels last), and width of an image. */
function planes(analysed: AnalysedGraph, id: ValueId): { channels: number; stride: number; width: number } {
  const { shape, layout } = analysed.value(id);
  const axis = channelAxis(shape.length, layout);
  const isLast = axis === shape.length - 1;
  const width = shape[shape.length - (isLast ? 2 : 1)] ?? 1;
  return { channels: shape[axis] ?? 1, stride: elements(shape.slice(axis + 1)), width };
}

/** The map whose slopes are given, by input and result channel; undefined where channels mix. */
function permutationOf(rows: readonly (readonly number[])[], shift: readonly number[]): ColorMap | undefined {
  const slopes = shift.map((_, c) => rows.map((row) => row[c] ?? 0));
  const from = slopes.map((column) =>
    column.reduce((best, v, i) => (Math.abs(v) > Math.abs(column[best] ?? 0) ? i : best), 0),
  );
  const isMixed = slopes.some((column, c) =>
    column.some((v, i) => i !== from[c] && Math.abs(v) > TOLERANCE * Math.abs(column[from[c] ?? 0] ?? 0)),
  );
  if (isMixed || new Set(from).size !== rows.length) return undefined;
  const scale = slopes.map((column, c) => column[from[c] ?? 0] ?? 0);
  return scale.includes(0) ? undefined : { from, scale, shift };
}

function isAffine({ from, scale, shift }: ColorMap, color: readonly number[], result: readonly number[]): boolean {
  return from.every((source, c) => {
    const wanted = (scale[c] ?? 0) * (color[source] ?? 0) + (shift[c] ?? 0);
    return Math.abs((result[c] ?? 0) - wanted) <= TOLERANCE * (Math.abs(wanted) + Math.abs(scale[c] ?? 0));
  });
}

const range = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

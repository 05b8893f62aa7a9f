/**
 * A Caffe network as the prose of QUANTIZER.md, section 4, sees it: layers in network order, each of one kind of the
 * table, Dropout and Split gone, BatchNorm folded or made a Scale. Written from the page alone, as a second reading
 * of it: nothing here looks at the rules the tool walks by.
 */
import type { Graph, GraphNode, ValueId } from '../../src/graph/graph.js';
import type { Shape } from '../../src/tensor.js';

/** Row of the table of section 4. */
type Kind = 'input' | 'weighted' | 'activation' | 'pool' | 'shape' | 'lrn' | 'concat' | 'eltwise' | 'host';

export interface Layer {
  readonly name: string;
  kind: Kind;
  op: string;
  attrs: any;
  bottoms: ValueId[];
  tops: ValueId[];
  /** Weighted: [output channel][k], and one bias per channel where there is one. */
  weights?: Float32Array;
  bias?: Float32Array | undefined;
  channels?: number;
  /** Activation: writes the blob it reads; a copy that Split makes counts as what it copies. */
  inPlace: boolean;
  /** The node itself, for float evaluation of kinds that are not weighted. */
  readonly node: GraphNode;
}

export interface Network {
  readonly layers: Layer[];
  readonly shapes: Map<ValueId, Shape>;
  readonly blobs: Map<ValueId, string>;
}

const SHAPE_ONLY = ['flatten', 'reshape', 'permute', 'slice', 'crop', 'shuffle-channel', 'reorg', 'tile'];

function kindOf(node: GraphNode, shapes: Map<ValueId, Shape>): Kind {
  const attrs = node.attrs as any;
  const input = node.inputs.length > 0 ? shapes.get(node.inputs[0]!)! : [];
  switch (node.op) {
    case 'input':
      return 'input';
    case 'convolution':
    case 'deconvolution':
      return 'weighted';
    case 'inner-product':
      return input.slice(0, attrs.axis).reduce((a, b) => a * b, 1) === 1 ? 'weighted' : 'host';
    case 'scale':
      return node.inputs.length === 1 &&
        (attrs.axis === 1 || attrs.axis === 1 - input.length) &&
        (attrs.numAxes ?? 1) === 1
        ? 'weighted'
        : 'host';
    case 'relu':
      return attrs.slope < 0 ? 'host' : 'activation';
    case 'clip':
      return attrs.min === 0 ? 'activation' : 'host';
    case 'prelu':
      return node.params[0]!.data.some((slope) => slope < 0) ? 'host' : 'activation';
    case 'pooling':
      return attrs.indices ? 'host' : 'pool';
    case 'lrn':
      return 'lrn';
    case 'resize':
      return attrs.method === 'nearest' ? 'shape' : 'host';
    case 'concat':
      return 'concat';
    case 'eltwise':
      return attrs.operation === 'product' ? 'host' : 'eltwise';
    default:
      return SHAPE_ONLY.includes(node.op) ? 'shape' : 'host';
  }
}

/** Weights as [output channel][k]. Deconvolution: the blob has the input channel first. */
function weightRows(node: GraphNode): Float32Array {
  const attrs = node.attrs as any;
  const { data, shape } = node.params[0]!;
  if (node.op === 'inner-product' && attrs.transpose) {
    const [depth, count] = shape as [number, number];
    return Float32Array.from({ length: data.length }, (_, i) => data[(i % depth) * count + Math.floor(i / depth)]!);
  }
  if (node.op !== 'deconvolution') return Float32Array.from(data);
  const [ins, outsPerGroup, kh, kw] = shape as [number, number, number, number];
  const insPerGroup = ins / attrs.group;
  const rows: number[] = [];
  for (let out = 0; out < outsPerGroup * attrs.group; out++) {
    const group = Math.floor(out / outsPerGroup);
    for (let i = 0; i < insPerGroup; i++) {
      for (let tap = 0; tap < kh * kw; tap++)
        rows.push(data[((group * insPerGroup + i) * outsPerGroup + (out % outsPerGroup)) * kh * kw + tap]!);
    }
  }
  return Float32Array.from(rows);
}

function layerOf(graph: Graph, node: GraphNode, shapes: Map<ValueId, Shape>, seen: (id: ValueId) => ValueId): Layer {
  const kind = kindOf(node, shapes);
  const layer: Layer = {
    name: node.name,
    kind,
    op: node.op,
    attrs: node.attrs,
    bottoms: node.inputs.map(seen),
    tops: [...node.outputs],
    node,
    inPlace:
      node.inputs.length > 0 && graph.values[seen(node.inputs[0]!)]!.blob === graph.values[node.outputs[0]!]!.blob,
  };
  if (kind === 'weighted') {
    layer.weights = weightRows(node);
    layer.bias = node.params[1]?.data;
    layer.channels = node.op === 'inner-product' ? layer.attrs.outChannels : shapes.get(node.outputs[0]!)![1]!;
  }
  return layer;
}

/** y[c] = scale[c] * x[c] + shift[c], in double. */
interface Affine {
  scale: number[];
  shift: number[];
}

function normalisation(layer: Layer): Affine {
  const [mean, variance, stored, gamma, beta] = layer.node.params.map((param) => [...param.data]);
  const factor = stored![0] === 0 ? 0 : 1 / stored![0]!;
  const scale = variance!.map((value, c) => (gamma?.[c] ?? 1) / Math.sqrt(value * factor + layer.attrs.eps));
  return { scale, shift: mean!.map((value, c) => (beta?.[c] ?? 0) - value * factor * scale[c]!) };
}

/** An InnerProduct over one image: its outputs, and the channels it flattens, are what a normalisation beside it works on. */
const takesImage = ({ op, attrs, bottoms }: Layer, shapes: Map<ValueId, Shape>): boolean =>
  op === 'inner-product' && (attrs.axis === 1 || attrs.axis === 1 - shapes.get(bottoms[0]!)!.length);

const readersOf = (layers: Layer[], id: ValueId): Layer[] => layers.filter(({ bottoms }) => bottoms.includes(id));
const writerOf = (layers: Layer[], id: ValueId): Layer | undefined => layers.find(({ tops }) => tops.includes(id));

function foldBefore(layer: Layer, { scale, shift }: Affine): void {
  const depth = layer.weights!.length / layer.channels!;
  layer.bias = Float32Array.from(shift, (value, c) => (layer.bias?.[c] ?? 0) * scale[c]! + value);
  layer.weights = Float32Array.from(layer.weights!, (weight, i) => weight * scale[Math.floor(i / depth)]!);
}

function foldAfter(layer: Layer, { scale, shift }: Affine, input: Shape): void {
  const depth = layer.weights!.length / layer.channels!;
  const taps =
    layer.op === 'convolution'
      ? layer.attrs.kernel[0] * layer.attrs.kernel[1]
      : input.slice(2).reduce((a, b) => a * b, 1);
  const perGroup = depth / taps;
  const groupSize = layer.channels! / (layer.attrs.group ?? 1);
  const channel = (i: number): number =>
    Math.floor((i % depth) / taps) +
    (layer.op === 'convolution' ? Math.floor(Math.floor(i / depth) / groupSize) * perGroup : 0);
  const bias = Array.from({ length: layer.channels! }, (_, c) => layer.bias?.[c] ?? 0);
  layer.weights!.forEach((weight, i) => {
    bias[Math.floor(i / depth)]! += weight * shift[channel(i)]!;
  });
  layer.weights = Float32Array.from(layer.weights!, (weight, i) => weight * scale[channel(i)]!);
  layer.bias = Float32Array.from(bias);
}

/**
 * BatchNorm, and the Scale that alone reads it: into the Convolution or InnerProduct before that only it reads, or the one
 * after that alone reads it; else a Scale.
 */
function placeNormalisations(layers: Layer[], shapes: Map<ValueId, Shape>, outputs: Set<ValueId>): void {
  for (;;) {
    const norm = layers.find(({ op }) => op === 'batch-norm');
    if (norm === undefined) return;
    const affine = normalisation(norm);
    let last = norm;
    const [reader, ...others] = readersOf(layers, norm.tops[0]!);
    if (reader?.op === 'scale' && reader.kind === 'weighted' && others.length === 0 && !outputs.has(norm.tops[0]!)) {
      last = reader;
      affine.scale = affine.scale.map((value, c) => value * reader.weights![c]!);
      affine.shift = affine.shift.map((value, c) => value * reader.weights![c]! + (reader.bias?.[c] ?? 0));
    }
    const [bottom, top] = [norm.bottoms[0]!, last.tops[0]!];
    const drop = (layer: Layer): void => {
      layers.splice(layers.indexOf(layer), 1);
    };
    const before = writerOf(layers, bottom);
    const after = readersOf(layers, top);
    if (
      before !== undefined &&
      (before.op === 'convolution' || takesImage(before, shapes)) &&
      before.kind === 'weighted' &&
      readersOf(layers, bottom).length === 1 &&
      !outputs.has(bottom)
    ) {
      foldBefore(before, affine);
      before.tops = [top];
      if (last !== norm) drop(last);
      drop(norm);
    } else if (
      after.length === 1 &&
      !outputs.has(top) &&
      after[0]!.kind === 'weighted' &&
      (takesImage(after[0]!, shapes) ||
        (after[0]!.op === 'convolution' && after[0]!.attrs.pad.every((pad: number) => pad === 0)))
    ) {
      foldAfter(after[0]!, affine, shapes.get(top)!);
      after[0]!.bottoms = [bottom];
      if (last !== norm) drop(last);
      drop(norm);
    } else {
      const made: Layer = {
        ...last,
        kind: 'weighted',
        op: 'scale',
        attrs: { axis: 1 },
        bottoms: [bottom],
        weights: Float32Array.from(affine.scale),
        bias: Float32Array.from(affine.shift),
        channels: affine.scale.length,
      };
      layers[layers.indexOf(last)] = made;
      if (last !== norm) drop(norm);
    }
  }
}

/** What is wanted and its ancestors are run, nothing else: a Crop takes sizes from its second bottom, and reads nothing of it. */
function dropUnread(layers: Layer[], outputs: Set<ValueId>): void {
  for (let i = layers.length - 1; i >= 0; i--) {
    const { kind, tops } = layers[i]!;
    if (kind !== 'input' && !tops.some((id) => outputs.has(id) || readersOf(layers, id).length > 0))
      layers.splice(i, 1);
  }
}

/** The layers that are run, from a graph as it was imported. */
export function readNetwork(graph: Graph): Network {
  const shapes = new Map(graph.values.map((value) => [value.id, value.shape]));
  const same = new Map<ValueId, ValueId>();
  const seen = (id: ValueId): ValueId => (same.has(id) ? seen(same.get(id)!) : id);
  const layers: Layer[] = [];
  for (const node of graph.nodes) {
    if (node.op === 'dropout' || node.op === 'split') node.outputs.forEach((id) => same.set(id, node.inputs[0]!));
    else if (node.op !== 'silence') layers.push(layerOf(graph, node, shapes, seen));
  }
  const outputs = new Set(graph.outputs.map(seen));
  dropUnread(layers, outputs);
  placeNormalisations(layers, shapes, outputs);
  return { layers, shapes, blobs: new Map(graph.values.map((value) => [value.id, value.blob])) };
}

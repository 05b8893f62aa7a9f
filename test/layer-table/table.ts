import { dataTypes } from '../../src/caffe/inputs.js';
import { measuringTypes } from '../../src/caffe/training.js';
import type { Graph, GraphNode } from '../../src/graph/graph.js';
import { shapesOf } from '../../src/graph/shapes.js';
import { opOf, ops } from '../../src/ops/index.js';
import type { NodeShapes, Op, Rule } from '../../src/ops/op.js';
import { evaluatedTypes } from '../../src/tensorflow/evaluate.js';
import { copies } from '../../src/tensorflow/structure.js';
import { image, load, readings, several } from '../ops/caffe-readings.js';
import { nodeOf, read, rows } from '../ops/tensorflow-rows.js';
import { goldenCases, importGolden } from '../tensorflow/golden.js';
import { refusedCaffe, refusedTensorFlow } from './refused.js';

/** Where a node is run, by its rule. */
const places: Readonly<Record<Rule['kind'], string>> = {
  input: 'input',
  weighted: 'overlay',
  activation: 'overlay, with the layer before it',
  pool: 'overlay',
  concat: 'overlay',
  eltwise: 'overlay',
  shape: 'overlay, moves codes',
  lrn: 'host',
  host: 'host',
};

function placeOf(op: Op, node: Omit<GraphNode, 'id'>, shapes: NodeShapes): string {
  if (op.identity?.(node)) return 'dropped';
  const place = places[op.rule(node, shapes).kind];
  return op.toAffine?.(node, shapes)?.alone === true ? `folded, else ${place}` : place;
}

/** The operator and the places that each type was seen with. */
class Sightings {
  private readonly seen = new Map<string, { ops: Set<string>; places: Set<string> }>();

  add(type: string, op: Op, place: string): void {
    const found = this.seen.get(type) ?? { ops: new Set(), places: new Set() };
    this.seen.set(type, found);
    found.ops.add(op.name);
    found.places.add(place);
  }

  addNode(type: string, node: GraphNode, graph: Graph): void {
    const op = opOf(node);
    this.add(type, op, placeOf(op, node, shapesOf(graph, node)));
  }

  lines(): string[] {
    const sorted = [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([type, found]) => `| ${type} | ${list(found.ops)} | ${list(found.places, '; ')} |`);
  }
}

const list = (words: Iterable<string>, separator = ', '): string => [...words].sort().join(separator);

function caffeLayers(): string[] {
  const found = new Sightings();
  const samples = [
    ...readings.map(([layer, inputs]) => load(layer, inputs)),
    ...several.map(([layer, tops]) => load(layer, [image], tops)),
  ];
  for (const { graph, node } of samples) found.addNode(node.type, node, graph);
  return found.lines();
}

function graphOps(): string[] {
  const found = new Sightings();
  for (const row of rows) {
    const node = nodeOf(row.type, row.from, row.with ?? {});
    const { op: name, reading } = read(node)!;
    const op = opOf({ op: name });
    const inputs = reading.inputs.map((index) => node.inputShape(index));
    const outputs = op.shape(reading.attrs, inputs);
    const { attrs, params } = reading;
    const standIn = { name: 'it', op: name, type: row.type, attrs, params, inputs: [], outputs: [], where: '' };
    found.add(row.type, op, placeOf(op, standIn, { inputs, outputs, layout: 'NHWC' }));
  }
  const known = new Set(ops.flatMap((op) => op.tensorflow?.types ?? []));
  for (const one of goldenCases) {
    const graph = importGolden(one);
    for (const node of graph.nodes)
      if (known.has(node.type) && opOf(node).tensorflow?.types.includes(node.type))
        found.addNode(node.type, node, graph);
  }
  return found.lines();
}

const refusals = (table: Readonly<Record<string, string>>): string[] =>
  Object.entries(table).map(([type, reason]) => `| ${type} | ${reason} |`);

const code = (types: Iterable<string>): string => list([...types].map((type) => `\`${type}\``));

/** The text of docs/layers.md. */
export function layerTable(): string {
  const operators = new Set(ops.flatMap((op) => op.tensorflow?.types ?? []));
  const constantOnly = [...evaluatedTypes].filter((type) => !operators.has(type));
  const paragraphs = [
    '# Layers and graph ops',
    'Which layer types of Caffe and which node types of TensorFlow are run, and where. This file is written by `npm run docs:layers` from the operators and their tests; do not edit it.',
    [
      '- **overlay**: fixed-point arithmetic of the overlay; layers with weights and sums have an entry in the scaling file (InnerProduct on request).',
      '- **overlay, moves codes**: elements are moved, thresholds and codes pass through.',
      '- **folded**: into a neighbouring layer where there is one that takes it, exactly in real numbers.',
      '- **host**: in float32 on the host. Everything behind a host layer that the overlay does not read again stays there.',
      '- **dropped**: its output is its input.',
    ].join('\n'),
    'A type that stands in two places depends on its attributes or on what it reads. A form that no operator runs is refused by the name of its node.',
    '## Caffe',
    ['| type | operator | where |', '|---|---|---|', ...caffeLayers()].join('\n'),
    `Inputs: \`Input\` and the image of ${code(dataTypes)}; a source of another type where the network has no other. DummyData beside another source is a constant.`,
    `Left out: every type that ends in \`Loss\`, ${code(measuringTypes)}, and what labels alone feed.`,
    'Names of the first two formats (`CONVOLUTION`, `conv`) are those of today. Refused, as every type that is not listed here:',
    ['| type | why |', '|---|---|', ...refusals(refusedCaffe)].join('\n'),
    'Also refused: a layer whose own parameters hold a field that no known Caffe has, except those that change no result; a BatchNorm with `use_global_stats: false`, a BN of SegNet without `bn_mode: INFERENCE`; stochastic pooling; convolutions over one or three axes; HardSwish and HardSigmoid, which forks define in different ways.',
    '## TensorFlow',
    'A node that depends on constants alone is computed when the graph is read, whatever its operator says below.',
    ['| type | operator | where |', '|---|---|---|', ...graphOps()].join('\n'),
    `Computed from constants only: ${code(constantOnly)}.`,
    `Passed through: ${code(copies)}. Shapes: \`Shape\`, \`ShapeN\`, \`Size\`, \`Rank\`.`,
    'Functions, branches and loops: calls are inlined (`PartitionedCall`, `StatefulPartitionedCall`, a function by its name), of `If`, `StatelessIf`, `Case`, `StatelessCase` and `Switch` the branch that a constant chooses is taken, and `While`, `StatelessWhile` and the loop of `Enter` to `Exit` are run turn by turn where a constant ends them, over TensorList and TensorArray.',
    'Fused nodes are read as those that they stand for: `_FusedConv2D`, `_FusedDepthwiseConv2dNative`, `_FusedMatMul`, `_FusedBatchNormEx`, `FusedPadConv2D`, `FusedResizeAndPadConv2D`, `AccumulateNV2`. Refused, as every type that is not listed here:',
    ['| type | why |', '|---|---|', ...refusals(refusedTensorFlow)].join('\n'),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

import { fail, placed, required } from '../error.js';
import type { Message } from '../formats/schema.js';
import { withDefaults } from '../formats/schema.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { describe, outputOf } from '../graph/graph.js';
import { limitOf, raiseHint } from '../limits.js';
import { caffeOp } from '../ops/index.js';
import type { CaffeLayer, Op, ParamSpec } from '../ops/op.js';
import type { Shape, Tensor } from '../tensor.js';
import { elements, formatShape } from '../tensor.js';
import { type Filler, fill, statedFillers } from './fillers.js';
import type { Layer } from './layer.js';
import { paramType } from './schema.js';
import { blobNames } from './shared-weights.js';
import type { WeightRequest, WeightSource } from './weight-request.js';
import type { WiredLayer, Wiring } from './wire.js';

/** Layers that cannot be run: no operator spells their type, or a field changes the result in an unknown way. */
export function unsupportedLayers(wiring: Wiring): Layer[] {
  return wiring.layers
    .map(({ layer }) => layer)
    .filter(({ type, refusals }) => caffeOp(type) === undefined || refusals.length > 0);
}

/** The layers to build. */
export interface BuiltPart {
  readonly wiring: Wiring;
  readonly wanted: readonly number[];
  /** The batch size that the file declares. */
  readonly batch: number;
}

/** The graph of wired layers in the order of the file. The operators give attributes, constants and shapes. */
export function buildGraph(name: string, { wiring, wanted, batch }: BuiltPart, source: WeightSource): Graph {
  const builder = new Builder(wiring, batch, source);
  for (const wired of wiring.layers) builder.add(wired);
  return builder.finish(name, wanted);
}

class Builder {
  private readonly nodes: GraphNode[] = [];
  private readonly requests: WeightRequest[] = [];
  /** Constants by layer that the file itself states; null: random ones. */
  private readonly constants = new Map<string, readonly Tensor[] | null>();
  private readonly values: Value[] = [];
  private readonly inputs: number[] = [];
  /** Ids in the graph of the wiring's values. */
  private readonly ids = new Map<number, number>();

  constructor(
    private readonly wiring: Wiring,
    private readonly batch: number,
    private readonly source: WeightSource,
  ) {}

  add({ layer, inputs, outputs }: WiredLayer): void {
    const op = caffeOp(layer.type) ?? fail('internal', layer.where, `no operator for ${layer.type}.`);
    const read = inputs.map((id) => this.valueOf(id));
    const shapes = read.map(({ shape }) => shape);
    const blobShapes = this.source.shapes(layer.name);
    const attrs = this.located(layer, () =>
      caffeForm(op).attributes(caffeLayer(layer, { bottoms: shapes, blobShapes, batch: this.batch })),
    );
    const results = this.located(layer, () => checkedShapes(op, layer, op.shape(attrs, shapes)));
    const specs = this.located(layer, () => checkedSpecs(op.params?.(attrs, shapes) ?? []));
    if (layer.type === 'DummyData')
      this.constants.set(
        layer.name,
        this.located(layer, () => dummyData(layer, specs)),
      );
    else if (specs.length > 0) this.requests.push(weightRequest(layer, specs));
    const written = results.map((shape, index) => this.addValue(required(outputs[index], layer.where, 'a top'), shape));
    if (op.name === 'input') this.inputs.push(...written);
    this.nodes.push({
      name: layer.name,
      op: op.name,
      type: layer.type,
      attrs,
      inputs: read.slice(0, op.reads?.(attrs)).map(({ id }) => id),
      outputs: written,
      params: [],
      where: layer.where,
    });
  }

  finish(name: string, wanted: readonly number[]): Graph {
    const outputs = wanted.map((id) => this.valueOf(id).id);
    const kept = this.withoutUnreadConstants(outputs);
    const found = this.source.blobs(this.requests);
    const blobs = new Map(this.requests.map(({ layer }, index) => [layer, found[index]]));
    const nodes = kept.map((node) => ({ ...node, params: blobs.get(node.name) ?? this.constantsOf(node) }));
    return { name, nodes, values: this.values, inputs: this.inputs, outputs, names: this.namesOf(kept) };
  }

  /** The nodes but for constants of which only the sizes are used. */
  private withoutUnreadConstants(outputs: readonly number[]): GraphNode[] {
    const read = new Set([...outputs, ...this.nodes.flatMap((node) => node.inputs)]);
    return this.nodes.filter((node) => !this.constants.has(node.name) || node.outputs.some((id) => read.has(id)));
  }

  private constantsOf(node: GraphNode): readonly Tensor[] {
    const constants = this.constants.get(node.name);
    if (constants !== null) return constants ?? [];
    return fail(
      'unsupported',
      describe(node),
      'its values are random (see its data_filler).',
      `Feed it with --input_layer ${node.name}, or give it a constant filler.`,
    );
  }

  /** The value of each name, see `Graph.names`. */
  private namesOf(nodes: readonly GraphNode[]): Record<string, number> {
    const completed = new Map(this.wiring.layers.map(({ layer }) => [layer.name, layer.completes]));
    // Without a prototype, so that names such as "__proto__" are names like others.
    const names: Record<string, number> = Object.create(null);
    const written = new Set(nodes.flatMap((node) => node.outputs));
    for (const { blob, id } of this.values) if (written.has(id)) names[blob] = id;
    for (const node of nodes) names[completed.get(node.name) ?? node.name] = outputOf(node);
    return names;
  }

  private valueOf(wired: number): Value {
    return required(this.values[this.ids.get(wired) ?? -1], 'graph', `value ${wired} of the wiring`);
  }

  private addValue(wired: number, shape: Shape): number {
    const id = this.values.length;
    const { blob, version } = required(this.wiring.values[wired], 'graph', `value ${wired} of the wiring`);
    this.values.push({ id, blob, version, shape, layout: 'NCHW' });
    this.ids.set(wired, id);
    return id;
  }

  /** Runs a method of an operator. Errors without a position get the layer's. */
  private located<T>(layer: Layer, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw placed(error, () => describe(layer));
    }
  }
}

function weightRequest(layer: Layer, specs: readonly ParamSpec[]): WeightRequest {
  return {
    specs,
    layer: layer.name,
    where: describe(layer),
    names: blobNames(layer),
    fillers: statedFillers(layer),
  };
}

/** The values of a DummyData of one top, 0 if it states no filler; null if they are random. */
function dummyData({ message }: Layer, specs: readonly ParamSpec[]): Tensor[] | null {
  const [filler = {}] = ((message['dummy_data_param'] as Message)['data_filler'] ?? []) as Filler[];
  const blobs = specs.map(({ shape }) => fill(filler, shape)).filter((blob) => blob !== undefined);
  return blobs.length === specs.length ? blobs : null;
}

function caffeForm(op: Op): NonNullable<Op['caffe']> {
  return required(op.caffe, op.name, 'an operator with a Caffe form');
}

function checkedShapes(op: Op, layer: Layer, shapes: readonly Shape[]): readonly Shape[] {
  if (shapes.length !== layer.tops.length)
    fail('model', '', `expected ${shapes.length} ${shapes.length === 1 ? 'top' : 'tops'}, got ${layer.tops.length}.`);
  const empty = shapes.find((shape) => shape.some((size) => !(size > 0)));
  if (empty !== undefined)
    fail(
      'model',
      '',
      `its output would be empty (${formatShape(empty)}).`,
      `The input of this ${op.name} is too small.`,
    );
  shapes.forEach((shape) => checkSize('its output', shape));
  return shapes;
}

function checkedSpecs(specs: readonly ParamSpec[]): readonly ParamSpec[] {
  specs.forEach(({ role, shape }) => checkSize(`its ${role}`, shape));
  return specs;
}

/** Throws for more elements than the limit: a mistake in the file. */
function checkSize(name: string, shape: Shape): void {
  if (elements(shape) <= limitOf('elements')) return;
  const most = limitOf('elements');
  fail(
    'model',
    '',
    `expected ${name} to have at most ${most} elements, got ${formatShape(shape)}.`,
    raiseHint('elements'),
  );
}

function caffeLayer(layer: Layer, known: Pick<CaffeLayer, 'bottoms' | 'blobShapes' | 'batch'>): CaffeLayer {
  return {
    name: layer.name,
    type: layer.type,
    ...known,
    topCount: layer.tops.length,
    param(field) {
      const type = paramType(field) ?? fail('internal', layer.where, `caffe.proto has no parameter message ${field}.`);
      return withDefaults(type, layer.message[field] as Message | undefined);
    },
    has(field, member) {
      const message = layer.message[field] as Message | undefined;
      return message !== undefined && (member === undefined || Object.hasOwn(message, member));
    },
    fail: (detail, hint) => fail('model', describe(layer), detail, hint),
  };
}

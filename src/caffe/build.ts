import { fail, placed, required } from '../error.js';
import type { Message } from '../formats/schema.js';
import { withDefaults } from '../formats/schema.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { describe, outputOf } from '../graph/graph.js';
import { caffeOp } from '../ops/index.js';
import type { CaffeLayer, Op, ParamSpec } from '../ops/op.js';
import type { Shape, Tensor } from '../tensor.js';
import { elements, formatShape } from '../tensor.js';
import type { Layer } from './layer.js';
import { paramType } from './schema.js';
import type { WiredLayer, Wiring } from './wire.js';

/** The constants that a layer needs. */
export interface WeightRequest {
  readonly specs: readonly ParamSpec[];
  readonly layer: string;
  /** The layer's name and position in messages. */
  readonly where: string;
}

/** A source of the constants of layers. */
export interface WeightSource {
  /** Shapes stored for a layer, null if no file is read or it lacks the layer. */
  shapes(layer: string): readonly Shape[] | null;
  /** The constants for each request, all in one call, so that a message can count the names that match. */
  blobs(requests: readonly WeightRequest[]): readonly (readonly Tensor[])[];
}

/** Layers that cannot be run: no operator spells their type, or a field changes the result in an unknown way. */
export function unsupportedLayers(wiring: Wiring): Layer[] {
  return wiring.layers
    .map(({ layer }) => layer)
    .filter(({ type, refusals }) => caffeOp(type) === undefined || refusals.length > 0);
}

/** The graph of wired layers in the order of the file. The operators give attributes, constants and shapes. */
export function buildGraph(name: string, wiring: Wiring, wanted: readonly number[], source: WeightSource): Graph {
  const builder = new Builder(wiring, source);
  for (const wired of wiring.layers) builder.add(wired);
  return builder.finish(name, wanted);
}

class Builder {
  private readonly nodes: GraphNode[] = [];
  private readonly requests: WeightRequest[] = [];
  private readonly values: Value[] = [];
  private readonly inputs: number[] = [];
  /** Ids in the graph of the wiring's values. */
  private readonly ids = new Map<number, number>();

  constructor(
    private readonly wiring: Wiring,
    private readonly source: WeightSource,
  ) {}

  add({ layer, inputs, outputs }: WiredLayer): void {
    const op = caffeOp(layer.type) ?? fail('internal', layer.where, `no operator for ${layer.type}.`);
    const read = inputs.map((id) => this.valueOf(id));
    const shapes = read.map(({ shape }) => shape);
    const blobShapes = this.source.shapes(layer.name);
    const attrs = this.located(layer, () => caffeForm(op).attributes(caffeLayer(layer, shapes, blobShapes)));
    const results = this.located(layer, () => checkedShapes(op, layer, op.shape(attrs, shapes)));
    const specs = this.located(layer, () => checkedSpecs(op.params?.(attrs, shapes) ?? []));
    if (specs.length > 0) this.requests.push({ specs, layer: layer.name, where: describe(layer) });
    const written = results.map((shape, index) => this.addValue(required(outputs[index], layer.where, 'a top'), shape));
    if (inputs.length === 0) this.inputs.push(...written);
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
    const names: Record<string, number> = {};
    for (const value of this.values) names[value.blob] = value.id;
    for (const [index, node] of this.nodes.entries())
      names[this.wiring.layers[index]?.layer.completes ?? node.name] = outputOf(node);
    const found = this.source.blobs(this.requests);
    const blobs = new Map(this.requests.map(({ layer }, index) => [layer, found[index]]));
    const nodes = this.nodes.map((node) => ({ ...node, params: blobs.get(node.name) ?? [] }));
    return {
      name,
      nodes,
      values: this.values,
      inputs: this.inputs,
      outputs: wanted.map((id) => this.valueOf(id).id),
      names,
    };
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

/** Throws for more elements than a typed array can hold: a mistake in the file. */
function checkSize(name: string, shape: Shape): void {
  if (elements(shape) >= 2 ** 31)
    fail('model', '', `expected ${name} to have fewer than 2^31 elements, got ${formatShape(shape)}.`);
}

function caffeLayer(layer: Layer, bottoms: readonly Shape[], blobShapes: readonly Shape[] | null): CaffeLayer {
  return {
    name: layer.name,
    type: layer.type,
    bottoms,
    blobShapes,
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

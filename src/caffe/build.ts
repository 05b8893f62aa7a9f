import { fail, placed } from '../error.js';
import type { Message } from '../formats/schema.js';
import { withDefaults } from '../formats/schema.js';
import type { Graph, GraphNode, Value } from '../graph/graph.js';
import { describe } from '../graph/graph.js';
import { caffeOp } from '../ops/index.js';
import type { CaffeLayer, Op, ParamSpec } from '../ops/op.js';
import type { Shape, Tensor } from '../tensor.js';
import { elements, formatShape } from '../tensor.js';
import type { Layer } from './layer.js';
import { paramType } from './schema.js';
import type { WiredLayer, Wiring } from './wire.js';

/** A layer that needs constants, and which. */
export interface WeightRequest {
  readonly specs: readonly ParamSpec[];
  readonly layer: string;
  /** Names the layer in messages. */
  readonly where: string;
}

/** Where the constants of layers come from. */
export interface WeightSource {
  /** Shapes stored for a layer, null if nothing is read. */
  shapes(layer: string): readonly Shape[] | null;
  /** The constants for each request, all at once, so that a message can say how well names match. */
  blobs(requests: readonly WeightRequest[]): readonly (readonly Tensor[])[];
}

/** Layers whose type no operator spells. */
export function unsupportedLayers(wiring: Wiring): Layer[] {
  return wiring.layers.map(({ layer }) => layer).filter((layer) => caffeOp(layer.type) === undefined);
}

/** Turns wired layers into a graph: attributes, constants and shapes by the operators' contract, in the order of the file. */
export function buildGraph(name: string, wiring: Wiring, wanted: readonly number[], source: WeightSource): Graph {
  const builder = new Builder(wiring, source);
  wiring.layers.forEach((wired) => builder.add(wired));
  return builder.finish(name, wanted);
}

class Builder {
  private readonly nodes: GraphNode[] = [];
  private readonly requests: WeightRequest[] = [];
  private readonly values: Value[] = [];
  private readonly inputs: number[] = [];
  /** From a value's number in the wiring to its id in the graph. */
  private readonly ids = new Map<number, number>();

  constructor(
    private readonly wiring: Wiring,
    private readonly source: WeightSource,
  ) {}

  add({ layer, inputs, outputs }: WiredLayer): void {
    const op = caffeOp(layer.type) ?? fail('internal', layer.where, `no operator for ${layer.type}.`);
    const shapes = inputs.map((id) => this.values[this.ids.get(id)!]!.shape);
    const blobShapes = this.source.shapes(layer.name);
    const attrs = this.placed(layer, () => op.caffe!.attributes(caffeLayer(layer, shapes, blobShapes)));
    const results = this.placed(layer, () => checkedShapes(op, layer, op.shape(attrs, shapes)));
    const specs = this.placed(layer, () => checkedSpecs(op.params?.(attrs, shapes) ?? []));
    if (specs.length > 0) this.requests.push({ specs, layer: layer.name, where: describe(layer) });
    const written = outputs.map((id, index) => this.value(id, results[index]!));
    if (inputs.length === 0) written.forEach((id) => this.inputs.push(id));
    const read = inputs.slice(0, op.reads?.(attrs)).map((id) => this.ids.get(id)!);
    this.nodes.push({
      name: layer.name,
      op: op.name,
      type: layer.type,
      attrs,
      inputs: read,
      outputs: written,
      params: [],
      where: layer.where,
    });
  }

  finish(name: string, wanted: readonly number[]): Graph {
    const names: Record<string, number> = {};
    for (const value of this.values) names[value.blob] = value.id;
    for (const node of this.nodes) names[node.name] = node.outputs[0]!;
    const blobs = new Map(this.source.blobs(this.requests).map((list, index) => [this.requests[index]!.layer, list]));
    const nodes = this.nodes.map((node) => ({ ...node, params: blobs.get(node.name) ?? [] }));
    return {
      name,
      nodes,
      values: this.values,
      inputs: this.inputs,
      outputs: wanted.map((id) => this.ids.get(id)!),
      names,
    };
  }

  private value(wired: number, shape: Shape): number {
    const id = this.values.length;
    this.values.push({ id, ...this.wiring.values[wired]!, shape, layout: 'NCHW' });
    this.ids.set(wired, id);
    return id;
  }

  /** Runs a part of an operator's contract; errors that name no place get the layer's. */
  private placed<T>(layer: Layer, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw placed(error, () => describe(layer));
    }
  }
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

/** More elements than a typed array can hold are a mistake in the file, not a network. */
function checkSize(what: string, shape: Shape): void {
  if (elements(shape) >= 2 ** 31)
    fail('model', '', `expected ${what} to have fewer than 2^31 elements, got ${formatShape(shape)}.`);
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

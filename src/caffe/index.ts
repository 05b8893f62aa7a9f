import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import type { Shape, Tensor } from '../tensor.js';
import { buildGraph, unsupportedLayers } from './build.js';
import type { WeightRequest, WeightSource } from './build.js';
import { readCaffemodel } from './caffemodel.js';
import type { Weights } from './caffemodel.js';
import { asInputs, isSource, runShape } from './inputs.js';
import { listNames } from './layer.js';
import type { Layer, Net } from './layer.js';
import { matchWeights } from './match-weights.js';
import { cutTo, unreadValues, wantedValues } from './outputs.js';
import { testLayers } from './phases.js';
import { readPrototxt } from './prototxt.js';
import { blankBlobs, seedBlobs } from './seed-weights.js';
import { dropTraining } from './training.js';
import { wire } from './wire.js';
import type { Wiring } from './wire.js';

export { readCaffemodel } from './caffemodel.js';
export type { Weights } from './caffemodel.js';

/** A Caffe network as plain values, and how to look at it. */
export interface CaffeOptions {
  /** Text of the prototxt, or its bytes. */
  readonly prototxt: string | Uint8Array;
  /** The prototxt's name in messages. */
  readonly prototxtName?: string;
  /** Bytes of the caffemodel. */
  readonly weights?: Uint8Array;
  /** The caffemodel's name in messages. */
  readonly weightsName?: string;
  /** The weights' bytes may be overwritten to save a copy; they cannot be read again. */
  readonly consumeWeights?: boolean;
  /** Without `weights`: fill the network from this seed. */
  readonly seedWeights?: number;
  /** Neither weights nor seed: constants are stand-ins, good for shapes and counts only. */
  readonly shapesOnly?: boolean;
  /** Sizes of the input without its batch axis (C, H, W) instead of the declared ones. */
  readonly dims?: readonly number[];
  /** The input that `dims` is about, where the network has several. */
  readonly inputLayer?: string;
  /** Layers or tops that are wanted, with all they need; everything that nothing reads if absent or empty. */
  readonly outputs?: readonly string[];
}

/** A graph, and what the import left out of it. */
export interface CaffeImport {
  readonly graph: Graph;
  /** Fields of the file that were skipped unknown, one line each. */
  readonly warnings: readonly string[];
  /** Layers that only serve training or measuring, `"loss" (SoftmaxWithLoss)`. */
  readonly dropped: readonly string[];
  /** Layers we cannot run, `"box" (PriorBox)`; they and what depends on them are not in the graph. */
  readonly unsupported: readonly string[];
}

/**
 * Reads a Caffe network for testing: legacy forms translated, phases and rules applied, in-place layers in
 * single-assignment form, losses and labels dropped, one image at a time. Throws XfdnnError: `format`
 * (files that do not parse), `model` (a network or weights that make no sense), `unsupported` (all layers we
 * cannot run, at once), `usage` (options that do not fit the network).
 */
export function loadCaffe(options: CaffeOptions): Graph {
  const parts = select(options);
  const unsupported = unsupportedLayers(parts.wiring);
  if (unsupported.length > 0) {
    const count = unsupported.length === 1 ? '1 layer' : `${unsupported.length} layers`;
    fail('unsupported', 'not supported', `${count}: ${unsupported.map(title).join(', ')}.`, 'Use --output_layer to stop before them.');
  }
  return build(options, parts);
}

/** As {@link loadCaffe}, but leaves out what cannot be run and tells what was left out: for looking at a network. */
export function inspectCaffe(options: CaffeOptions): CaffeImport {
  const parts = select(options);
  const unsupported = unsupportedLayers(parts.wiring);
  const graph = build(options, unsupported.length > 0 ? withoutLayers(parts, new Set(unsupported)) : parts);
  return { graph, warnings: parts.net.warnings, dropped: parts.dropped.map(title), unsupported: unsupported.map(title) };
}

interface Selection {
  readonly net: Net;
  readonly wiring: Wiring;
  readonly wanted: readonly number[];
  readonly silenced: ReadonlySet<string>;
  readonly dropped: readonly Layer[];
}

/** From text to the wired layers that the wanted values need. */
function select(options: CaffeOptions): Selection {
  const name = options.prototxtName ?? 'prototxt';
  const net = readPrototxt(options.prototxt, name);
  const { layers, dropped, silenced } = dropTraining(testLayers(net));
  const whole = wire(withInputs(layers, options, name));
  const wanted = wantedValues(whole, options.outputs, silenced);
  const wiring = cutTo(whole, wanted);
  if (!wiring.layers.some(({ layer }) => layer.type === 'Input')) fail('model', name, 'expected an input, got none.', 'Add an Input layer.');
  return { net, wiring, wanted, silenced, dropped };
}

/** Layers that read data become Input layers; tops that nothing reads (labels) are left out. */
function withInputs(layers: readonly Layer[], options: CaffeOptions, name: string): Layer[] {
  const read = new Set(layers.flatMap((layer) => layer.bottoms));
  const sources = layers.filter(isSource).flatMap((layer) => layer.tops.map((top) => ({ layer, top })));
  const used = sources.filter(({ top }) => read.has(top));
  const target = resizedTop(used, options, name);
  return layers.flatMap((layer) => {
    if (!isSource(layer)) return [layer];
    const tops = layer.tops.filter((top) => read.has(top));
    const shapeOf = (top: string, declared: Shape | null): Shape =>
      tops.includes(top) ? runShape(declared, top === target ? options.dims : undefined, `${layer.where}: layer "${layer.name}" (${layer.type}), top "${top}"`) : [1];
    return asInputs(layer, shapeOf).filter((input) => tops.includes(input.tops[0]!));
  });
}

/** The input that --dims is about: the named one, or the first. */
function resizedTop(sources: readonly { layer: Layer; top: string }[], options: CaffeOptions, name: string): string | undefined {
  if (options.dims?.some((size) => !Number.isInteger(size) || size < 1)) {
    fail('usage', '--dims', `expected sizes of at least 1, got ${options.dims.join(',')}.`);
  }
  if (options.inputLayer === undefined) return sources[0]?.top;
  const named = sources.find(({ layer, top }) => top === options.inputLayer || layer.name === options.inputLayer);
  if (named === undefined) {
    fail('usage', '--input_layer', `expected an input of ${name} (${listNames(sources.map(({ top }) => top))}), got "${options.inputLayer}".`);
  }
  return named.top;
}

function title(layer: Layer): string {
  return `"${layer.name}" (${layer.type})`;
}

/** Leaves out layers and everything that depends on them; what is then read by nothing is wanted. */
function withoutLayers(parts: Selection, gone: ReadonlySet<Layer>): Selection {
  const missing = new Set<number>();
  const layers = parts.wiring.layers.filter(({ layer, inputs, outputs }) => {
    if (!gone.has(layer) && !inputs.some((id) => missing.has(id))) return true;
    outputs.forEach((id) => missing.add(id));
    return false;
  });
  const wanted = unreadValues({ ...parts.wiring, layers }, parts.silenced);
  return { ...parts, wiring: { ...parts.wiring, layers }, wanted };
}

function build(options: CaffeOptions, { net, wiring, wanted }: Selection): Graph {
  return buildGraph(net.name, wiring, wanted, weightSource(options));
}

function weightSource(options: CaffeOptions): WeightSource {
  const model = options.prototxtName ?? 'prototxt';
  if (options.weights !== undefined) return storedWeights(readCaffemodel(options.weights, options.weightsName ?? 'caffemodel', options.consumeWeights), options);
  const seed = options.seedWeights;
  if (seed !== undefined) return generated(({ specs, layer }) => seedBlobs(specs, layer, seed));
  if (options.shapesOnly === true) return generated(({ specs }) => blankBlobs(specs));
  return generated(() => fail('usage', model, 'this network has weights, but none were given.', 'Give --weights FILE, or --seed_weights N to try it out.'));
}

function generated(blobs: (request: WeightRequest) => Tensor[]): WeightSource {
  return { shapes: () => null, blobs: (requests) => requests.map(blobs) };
}

function storedWeights(weights: Weights, options: CaffeOptions): WeightSource {
  const files = { model: options.prototxtName ?? 'prototxt', weights: options.weightsName ?? 'caffemodel', resized: options.dims !== undefined };
  return {
    shapes: (layer) => weights.get(layer)?.map((blob) => blob.shape) ?? null,
    blobs: (requests) => matchWeights(requests, weights, files),
  };
}

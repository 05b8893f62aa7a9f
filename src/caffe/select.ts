import { fail, required } from '../error.js';
import { graphValue } from '../graph/graph.js';
import { caffeOp } from '../ops/index.js';
import { elements } from '../tensor.js';
import { buildGraph } from './build.js';
import { expandLayers } from './expand.js';
import { asInputs, inputLayer, isSource, sizedInput } from './inputs.js';
import type { Layer, Net } from './layer.js';
import { listNames } from './layer.js';
import type { CaffeOptions } from './options.js';
import { cutTo, unreadValues, valueNames, wantedValues } from './outputs.js';
import { testLayers } from './phases.js';
import { readPrototxt } from './prototxt.js';
import { dropTraining } from './training.js';
import { blankWeights } from './weight-source.js';
import type { WiredLayer, Wiring } from './wire.js';
import { wire } from './wire.js';

/** The imported part of a network. */
export interface Selection {
  readonly net: Net;
  readonly wiring: Wiring;
  readonly wanted: readonly number[];
  readonly silenced: ReadonlySet<string>;
  /** Layers for training or measuring only. */
  readonly dropped: readonly Layer[];
}

/** The wired layers of a prototxt that the wanted values need, with inputs of one image. */
export function select(options: CaffeOptions): Selection {
  const name = options.prototxtName ?? 'prototxt';
  const net = readPrototxt(options.prototxt, name);
  const trimmed = dropTraining(testLayers(net));
  const { dropped, silenced } = trimmed;
  const layers = expandLayers(trimmed.layers);
  checkFields(layers);
  const whole = wire(withInputs(layers), net.layers);
  const wanted = wantedValues(whole, options.outputs, silenced);
  const wiring = sized(cutTo(feed(whole, options), wanted), options, name);
  return { net, wiring, wanted, silenced, dropped };
}

/** Throws the error of the first invalid field of a layer that is an input or has an operator. */
function checkFields(layers: readonly Layer[]): void {
  for (const layer of layers)
    if (layer.invalid !== undefined && (isSource(layer) || caffeOp(layer.type) !== undefined)) throw layer.invalid;
}

/** Replaces source layers by Input layers. Tops that no layer reads (labels) are left out. */
function withInputs(layers: readonly Layer[]): Layer[] {
  const read = new Set(layers.flatMap((layer) => layer.bottoms));
  return layers.flatMap((layer) =>
    isSource(layer) ? asInputs(layer).filter((input) => input.tops.some((top) => read.has(top))) : [layer],
  );
}

/** Replaces the layer that is fed by an Input layer. */
function feed(wiring: Wiring, { inputLayer: name, dims }: CaffeOptions): Wiring {
  const value = name === undefined ? undefined : valueNames(wiring).get(name);
  const layers = wiring.layers.map((wired) => {
    if (value === undefined || !wired.outputs.includes(value) || wired.layer.type === 'Input') return wired;
    const [top, ...others] = wired.layer.tops;
    if (top === undefined || others.length > 0)
      fail(
        'usage',
        '--input_layer',
        `expected a layer with one top, got "${wired.layer.name}" with ${wired.outputs.length}.`,
      );
    const shape = dims === undefined ? inferredShape(wiring, value) : null;
    return {
      layer: inputLayer(wired.layer.name, top, shape, wired.layer.where),
      inputs: [],
      outputs: wired.outputs,
    };
  });
  return { ...wiring, layers };
}

/** The shape of a value of the network at its declared input size. */
function inferredShape(wiring: Wiring, value: number): readonly number[] {
  const part = cutTo(wiring, [value]);
  const graph = buildGraph(
    '',
    { ...part, layers: part.layers.map((wired) => resized(wired, undefined)) },
    [value],
    blankWeights,
  );
  return graphValue(graph, required(graph.outputs[0], 'graph', 'an output')).shape;
}

/** Sizes every input; --dims applies to the named one, else the first. */
function sized(wiring: Wiring, options: CaffeOptions, name: string): Wiring {
  const inputs = wiring.layers.filter(({ layer }) => layer.type === 'Input');
  const [first] = inputs;
  if (first === undefined) return fail('model', name, 'expected an input, got none.', 'Add an Input layer.');
  checkDims(options.dims);
  const target =
    options.inputLayer === undefined
      ? first
      : inputs.find(({ layer }) => layer.name === options.inputLayer || layer.tops[0] === options.inputLayer);
  if (target === undefined) {
    const names = inputs.map(({ layer }) => layer.name);
    fail(
      'usage',
      '--input_layer',
      `expected a layer that the outputs depend on, like the input${names.length > 1 ? 's' : ''} ${listNames(names)}, got "${options.inputLayer}".`,
    );
  }
  return {
    ...wiring,
    layers: wiring.layers.map((wired) => resized(wired, wired === target ? options.dims : undefined)),
  };
}

function resized(wired: WiredLayer, dims: readonly number[] | undefined): WiredLayer {
  return wired.layer.type === 'Input' ? { ...wired, layer: sizedInput(wired.layer, dims) } : wired;
}

function checkDims(dims: readonly number[] | undefined): void {
  if (dims === undefined) return;
  const right = dims.every((size) => Number.isInteger(size) && size > 0) && elements(dims) <= 2 ** 31;
  if (!right)
    fail('usage', '--dims', `expected sizes of at least 1 and no more than 2^31 values, got ${dims.join(',')}.`);
}

/** Leaves out layers and all that depend on them. Values that no layer reads any more become wanted. */
export function withoutLayers(parts: Selection, gone: ReadonlySet<Layer>): Selection {
  const missing = new Set<number>();
  const layers = parts.wiring.layers.filter(({ layer, inputs, outputs }) => {
    if (!gone.has(layer) && !inputs.some((id) => missing.has(id))) return true;
    outputs.forEach((id) => missing.add(id));
    return false;
  });
  const wiring = { ...parts.wiring, layers };
  return { ...parts, wiring, wanted: unreadValues(wiring, parts.silenced) };
}

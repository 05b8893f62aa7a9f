import { fail } from '../error.js';
import { elements } from '../tensor.js';
import { buildGraph } from './build.js';
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

/** The part of a network that is imported. */
export interface Selection {
  readonly net: Net;
  readonly wiring: Wiring;
  readonly wanted: readonly number[];
  readonly silenced: ReadonlySet<string>;
  /** Layers that only serve training or measuring. */
  readonly dropped: readonly Layer[];
}

/** From the text of a prototxt to the wired layers that the wanted values need, their inputs sized for one image. */
export function select(options: CaffeOptions): Selection {
  const name = options.prototxtName ?? 'prototxt';
  const net = readPrototxt(options.prototxt, name);
  const { layers, dropped, silenced } = dropTraining(testLayers(net));
  const whole = wire(withInputs(layers), net.layers);
  const wanted = wantedValues(whole, options.outputLayers, silenced);
  const wiring = sized(cutTo(feed(whole, options), wanted), options, name);
  return { net, wiring, wanted, silenced, dropped };
}

/** Layers that read data become Input layers; tops that nothing reads (labels) are left out. */
function withInputs(layers: readonly Layer[]): Layer[] {
  const read = new Set(layers.flatMap((layer) => layer.bottoms));
  return layers.flatMap((layer) =>
    isSource(layer) ? asInputs(layer).filter((input) => read.has(input.tops[0]!)) : [layer],
  );
}

/** Puts an Input in the place of the layer that is to be fed, if that is not one anyway. */
function feed(wiring: Wiring, { inputLayer: name, dims }: CaffeOptions): Wiring {
  const value = name === undefined ? undefined : valueNames(wiring).get(name);
  const layers = wiring.layers.map((wired) => {
    if (value === undefined || !wired.outputs.includes(value) || wired.layer.type === 'Input') return wired;
    if (wired.outputs.length > 1)
      fail(
        'usage',
        '--input_layer',
        `expected a layer with one top, got "${wired.layer.name}" with ${wired.outputs.length}.`,
      );
    const shape = dims === undefined ? inferredShape(wiring, value) : null;
    return {
      layer: inputLayer(wired.layer.name, wired.layer.tops[0]!, shape, wired.layer.where),
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
  return graph.values[graph.outputs[0]!]!.shape;
}

/** Gives every input its size; --dims is about the named one, else the first. */
function sized(wiring: Wiring, options: CaffeOptions, name: string): Wiring {
  const inputs = wiring.layers.filter(({ layer }) => layer.type === 'Input');
  if (inputs.length === 0) fail('model', name, 'expected an input, got none.', 'Add an Input layer.');
  checkDims(options.dims);
  const target =
    options.inputLayer === undefined
      ? inputs[0]!
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

/** Leaves out layers and everything that depends on them; what is then read by nothing is wanted. */
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

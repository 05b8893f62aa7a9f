import { fail, required } from '../error.js';
import { graphValue } from '../graph/graph.js';
import { caffeOp } from '../ops/index.js';
import type { Shape } from '../tensor.js';
import { elements } from '../tensor.js';
import { type BuiltPart, buildGraph, unsupportedLayers } from './build.js';
import { expandLayers } from './expand.js';
import { asConstants, asInputs, declaredBatch, inputLayer, isDataType, isSource, sizedInput } from './inputs.js';
import type { Layer, Net } from './layer.js';
import { listNames } from './layer.js';
import type { CaffeOptions } from './options.js';
import { cutTo, unreadValues, valueNames, wantedValues } from './outputs.js';
import { readPrototxt } from './prototxt.js';
import { stagesOf, testedLayers } from './sources.js';
import { dropTraining } from './training.js';
import { blankWeights } from './weight-source.js';
import type { WiredLayer, Wiring } from './wire.js';
import { wire } from './wire.js';

/** The imported part of a network. */
export interface Selection extends BuiltPart {
  readonly net: Net;
  readonly silenced: ReadonlySet<string>;
  /** Layers for training or measuring only. */
  readonly dropped: readonly Layer[];
  /** Fields that were skipped and layers that were taken in against their rules, one line each. */
  readonly warnings: readonly string[];
}

/** The wired layers of a prototxt that the wanted values need. Inputs may lack their size: see {@link sizeInputs}. */
export function select(options: CaffeOptions): Selection {
  const file = readPrototxt(options.prototxt, options.prototxtName ?? 'prototxt');
  const net = { ...file, stages: [...file.stages, ...(options.stages ?? [])] };
  checkStages(file, options);
  const tested = testedLayers(net, options.inputLayer);
  const { layers: trimmed, dropped, silenced } = dropTraining(tested.layers);
  const layers = expandLayers(trimmed);
  checkFields(layers);
  const batch = declaredBatch(layers);
  const whole = wire(withInputs(layers, batch), net.layers);
  const wanted = wantedValues(whole, options.outputLayers, silenced);
  const wiring = cutTo(feed(whole, batch, options), wanted);
  return { net, wiring, wanted, batch, silenced, dropped, warnings: [...net.warnings, ...tested.notes] };
}

/** Throws `usage` for a stage that no rule of the file names. */
function checkStages(file: Net, { stages = [], prototxtName = 'prototxt' }: CaffeOptions): void {
  const known = stagesOf(file);
  const unknown = stages.find((stage) => !known.includes(stage));
  if (unknown === undefined) return;
  const expected = known.length === 0 ? 'no stage: no rule names one' : `a stage that rules name (${listNames(known)})`;
  fail('usage', '--stage', `expected ${expected} in ${prototxtName}, got "${unknown}".`);
}

/** Throws the error of the first invalid field of a layer that is an input or has an operator. */
function checkFields(layers: readonly Layer[]): void {
  for (const layer of layers)
    if (layer.invalid !== undefined && (isSource(layer) || caffeOp(layer.type) !== undefined)) throw layer.invalid;
}

/**
 * Replaces source layers by Input layers, except DummyData beside another source: it is a constant. Tops that no layer
 * reads (labels) are left out.
 */
function withInputs(layers: readonly Layer[], batch: number): Layer[] {
  const read = new Set(layers.flatMap((layer) => layer.bottoms));
  const isRead = ({ tops }: Layer): boolean => tops.some((top) => read.has(top));
  const isFed = layers.some((layer) => layer.type === 'Input' || isDataType(layer));
  const replaced = layers.flatMap((layer) => {
    if (!isSource(layer)) return [layer];
    return (layer.type === 'DummyData' && isFed ? asConstants(layer, batch) : asInputs(layer)).filter(isRead);
  });
  return constantsBehindInput(replaced);
}

/** Moves constants before the first input behind it: a run begins with the first input. */
function constantsBehindInput(layers: readonly Layer[]): Layer[] {
  const first = layers.findIndex(({ type }) => type === 'Input');
  const isConstant = ({ type }: Layer): boolean => type === 'DummyData';
  const before = layers.slice(0, first + 1);
  return [...before.filter((layer) => !isConstant(layer)), ...before.filter(isConstant), ...layers.slice(first + 1)];
}

/** Replaces the layer that is fed by an Input layer. */
function feed(wiring: Wiring, batch: number, { inputLayer: name, dims }: CaffeOptions): Wiring {
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
    const shape = dims === undefined ? inferredShape(wiring, value, batch) : null;
    return {
      layer: inputLayer(wired.layer.name, top, shape, wired.layer.where),
      inputs: [],
      outputs: wired.outputs,
    };
  });
  return { ...wiring, layers };
}

/** The shape of a value of the network at its declared input size; null if it depends on a layer that cannot be run. */
function inferredShape(wiring: Wiring, value: number, batch: number): Shape | null {
  const part = cutTo(wiring, [value]);
  if (unsupportedLayers(part).length > 0) return null;
  const sized = { ...part, layers: part.layers.map((wired) => resized(wired, undefined)) };
  const graph = buildGraph('', { wiring: sized, wanted: [value], batch }, blankWeights);
  return graphValue(graph, required(graph.outputs[0], 'graph', 'an output')).shape;
}

/** Sizes every input; --dims applies to the named one, else the first. */
export function sizeInputs<T extends BuiltPart>(part: T, options: CaffeOptions): T {
  const { wiring } = part;
  const inputs = wiring.layers.filter(({ layer }) => layer.type === 'Input');
  const [first] = inputs;
  if (first === undefined)
    return fail('model', options.prototxtName ?? 'prototxt', 'expected an input, got none.', 'Add an Input layer.');
  checkDims(options.dims);
  const target = options.inputLayer === undefined ? first : inputs.find(({ layer }) => isNamed(layer, options));
  if (target === undefined) {
    const names = inputs.map(({ layer }) => layer.name);
    fail(
      'usage',
      '--input_layer',
      `expected a layer that the outputs depend on, like the input${names.length > 1 ? 's' : ''} ${listNames(names)}, got "${options.inputLayer}".`,
    );
  }
  const layers = wiring.layers.map((wired) => resized(wired, wired === target ? options.dims : undefined));
  return { ...part, wiring: { ...wiring, layers } };
}

/** Whether --input_layer names an input: by its name, its top, or the data layer that it stands for. */
function isNamed({ name, tops, source }: Layer, { inputLayer: wanted }: CaffeOptions): boolean {
  return [name, tops[0], source?.name].includes(wanted);
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

/**
 * Leaves out layers, all that depend on them, and inputs that only they read (labels). Values that no layer reads any
 * more become wanted.
 */
export function withoutLayers(parts: Selection, gone: ReadonlySet<Layer>): Selection {
  const missing = new Set<number>();
  const left = parts.wiring.layers.filter(({ layer, inputs, outputs }) => {
    if (!gone.has(layer) && !inputs.some((id) => missing.has(id))) return true;
    for (const id of outputs) missing.add(id);
    return false;
  });
  const read = new Set(left.flatMap(({ inputs }) => inputs));
  const layers = left.filter(({ layer, outputs }) => layer.type !== 'Input' || outputs.some((id) => read.has(id)));
  const wiring = { ...parts.wiring, layers: layers.length > 0 ? layers : left };
  return { ...parts, wiring, wanted: unreadValues(wiring, parts.silenced) };
}

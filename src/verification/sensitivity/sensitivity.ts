import { analyse } from '../../analysis/analysed-graph.js';
import { fail, required } from '../../error.js';
import type { Graph } from '../../graph/graph.js';
import { opOf } from '../../ops/index.js';
import type { Placement } from '../../placement/placement.js';
import { noError, sqnr } from '../compare-activations.js';
import { scoresOf } from '../verification.js';
import { layerSteps } from './layer-steps.js';
import type { Distance, ImageBase, LayerDistances } from './probe.js';

/** How close the outputs are to float over the images. */
export interface Closeness {
  /** Signal-to-quantization-noise ratio in dB at the outputs, before a final Softmax, Sigmoid or ArgMax; of several outputs the lowest. */
  readonly sqnr: number;
  /** Share of images whose best class is that of float, 0 to 1; null: no output looks like class scores. */
  readonly agreement: number | null;
}

/** What a layer alone costs at the outputs of the network. */
export interface LayerSensitivity {
  /** The layer's name: that of its entry in the scaling file, where it has one. */
  readonly name: string;
  /** Names of the activations that are computed with it. */
  readonly activations: readonly string[];
  readonly type: string;
  /** Bits of its output codes; null: float32 of the host, which is rounded where it comes to the overlay. */
  readonly bw: number | null;
  /** Multiply-accumulates of one image. */
  readonly macs: number;
  /** With only this layer quantized, the others in float32. */
  readonly quantized: Closeness;
  /** With only this layer in float32, the others quantized. */
  readonly float: Closeness;
}

/** What every layer of a network costs at its outputs. */
export interface Sensitivity {
  readonly images: number;
  /** The output that the agreement is of; null: none looks like class scores. */
  readonly output: string | null;
  /** With every layer quantized. */
  readonly deployed: Closeness;
  /** The layers that round, those that cost most alone first; equal ones in network order. */
  readonly layers: readonly LayerSensitivity[];
}

/** The distances of one image. */
export interface MeasuredImage {
  readonly base: ImageBase;
  /** In the order of the layers that round. */
  readonly layers: readonly LayerDistances[];
}

/** Layers of which each rounds, as they are named and counted. */
type DescribedStep = Pick<LayerSensitivity, 'name' | 'activations' | 'type' | 'bw' | 'macs'>;

/** The distances of all images, in their order, as one ranking. Throws `data` where an output is not finite. */
export function summariseSensitivity(placement: Placement, images: readonly MeasuredImage[]): Sensitivity {
  const { graph } = placement.analysis;
  const bases = images.map(({ base }) => base);
  const output = classOutput(bases);
  const signal = summed(bases.map((base) => base.signal));
  const closeness = (distances: readonly Distance[]): Closeness => ({
    sqnr: lowestRatio(signal, summed(distances.map(({ noise }) => noise))),
    agreement: output === null ? null : agreement(bases, distances, output.index),
  });
  const layers = describeSteps(placement).map((step, index) => {
    const distances = images.map(({ layers: measured }) => required(measured[index], 'sensitivity', `layer ${index}`));
    return {
      ...step,
      quantized: closeness(distances.map(({ quantized }) => quantized)),
      float: closeness(distances.map(({ float }) => float)),
    };
  });
  return {
    images: images.length,
    output: output === null ? null : blobOf(graph, output.value),
    deployed: closeness(bases.map((base) => base.deployed)),
    layers: layers.sort(byLoss),
  };
}

/** The lowest ratio first. */
function byLoss({ quantized: { sqnr: a } }: LayerSensitivity, { quantized: { sqnr: b } }: LayerSensitivity): number {
  return a === b ? 0 : a - b;
}

const blobOf = (graph: Graph, id: number): string => analyse(graph).value(id).blob;

/** The layers that round, in network order. */
export function describeSteps(placement: Placement): DescribedStep[] {
  const { analysis } = placement;
  return layerSteps(placement)
    .filter(({ isRounded }) => isRounded)
    .map(({ node: index, nodes, outputs }) => {
      const node = analysis.node(index);
      const [value = analysis.output(index)] = outputs;
      const kept = placement.value(value);
      return {
        name: node.name,
        activations: [...nodes].filter((other) => other !== index).map((other) => analysis.node(other).name),
        type: node.type,
        bw: kept.kind === 'codes' ? kept.grid.bits : null,
        macs: opOf(node).macs?.(node, analysis.shapesOf(index)) ?? 0,
      };
    });
}

/** Sums of lists of equal lengths, element by element, in order. */
function summed(lists: readonly (readonly number[])[]): number[] {
  const [first = [], ...others] = lists;
  return others.reduce<number[]>((sum, list) => sum.map((value, i) => value + (list[i] ?? 0)), [...first]);
}

/** The lowest ratio of signal to noise power, in dB. */
function lowestRatio(signal: readonly number[], noise: readonly number[]): number {
  return noise.reduce((low, power, i) => {
    if (!Number.isFinite(power))
      fail('data', 'the outputs of the network', `expected finite values, got an error power of ${power}.`);
    return Math.min(low, sqnr({ ...noError, signal: signal[i] ?? 0, noise: power }));
  }, Infinity);
}

/** The vector output with class scores, and its place among the vector outputs; null: there is none. */
function classOutput(bases: readonly ImageBase[]): { readonly index: number; readonly value: number } | null {
  const scores = scoresOf(bases.map((base) => ({ outputs: base.float })));
  const value = scores?.[0]?.value;
  const index = bases[0]?.float.findIndex((output) => output.value === value) ?? -1;
  return value === undefined || index < 0 ? null : { index, value };
}

function agreement(bases: readonly ImageBase[], distances: readonly Distance[], output: number): number {
  const right = bases.filter((base, image) => base.float[output]?.float[0] === distances[image]?.best[output]);
  return right.length / bases.length;
}

import type { AnalysedGraph } from '../../analysis/analysed-graph.js';
import { required } from '../../error.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import type { Entries } from '../../placement/wanted-grids.js';
import type { OverlayChoice } from '../../scaling/index.js';
import { elements } from '../../tensor.js';
import { measureError } from '../compare-activations.js';
import { outputValues, sourcesOf } from '../output-values.js';
import { isVector, type RankedOutput, rankOutput } from '../ranked-outputs.js';
import { type Activations, activation, equal, LayerArithmetic } from './layer-arithmetic.js';
import { type LayerStep, type RankedLayer, rankedLayers } from './layer-steps.js';

/** How far one run of an image is from float: plain data. */
export interface Distance {
  /** Sum of squared differences, for each measured output. */
  readonly noise: readonly number[];
  /** The best class of each output that is a vector. */
  readonly best: readonly number[];
}

/** An image in float32 and as deployed. */
export interface ImageBase {
  /** Sum of squares in float32, for each measured output. */
  readonly signal: readonly number[];
  /** The best classes in float32 of each output that is a vector. */
  readonly float: readonly RankedOutput[];
  readonly deployed: Distance;
  /** For each output that is a vector how far its two best classes are apart in float32, and how far noise moves them together. */
  readonly margins: readonly ClassMargin[];
}

/** The scores of the two classes that are best in float32. */
export interface ClassMargin {
  /** The best score less the second, in float32. */
  readonly margin: number;
  /** By how much that difference is smaller as deployed. */
  readonly shift: number;
}

/** One layer of one image. */
export interface LayerDistances {
  /** With only this layer quantized. */
  readonly quantized: Distance;
  /** With only this layer in float32. */
  readonly float: Distance;
}

/** An image whose activations are known in both arithmetics. */
interface Opened {
  readonly float: Activations;
  readonly deployed: Activations;
}

/** Runs a layer on an image's activations. */
type RunStep = (step: LayerStep, activations: Activations) => Activations;

/** Measures what each layer of a network alone costs at its outputs. One per engine; `graph` as it is calibrated. */
export class SensitivityProbe {
  /** In network order. */
  readonly layers: readonly RankedLayer[];
  private readonly arithmetic: LayerArithmetic;
  private readonly measured: readonly ValueId[];
  private readonly vectors: readonly ValueId[];
  private image: Opened | null = null;

  constructor(
    engine: Engine,
    private readonly graph: Graph,
    entries: Entries,
    overlay: OverlayChoice,
  ) {
    this.arithmetic = new LayerArithmetic(engine, graph, entries, overlay);
    const { analysis } = this.arithmetic.placement;
    this.layers = rankedLayers(this.arithmetic.placement, this.arithmetic.steps);
    this.measured = outputValues(analysis, isMeasured(analysis));
    this.vectors = graph.outputs.filter((id) => isVector(analysis.value(id).shape));
  }

  /** Runs an image in both arithmetics, and keeps its activations for {@link measure}. `feeds`: float32 data of the graph's inputs. */
  open(feeds: readonly Float32Array[]): ImageBase {
    const { arithmetic, graph } = this;
    const fed = graph.inputs.map((id, i) => [id, feeds[i] ?? new Float32Array()] as const);
    const [float, deployed] = [new Map(fed), new Map(fed)];
    for (const step of arithmetic.steps) {
      for (const [id, data] of arithmetic.float(step, float)) float.set(id, data);
      for (const [id, data] of arithmetic.deployed(step, deployed)) deployed.set(id, data);
    }
    this.image = { float, deployed };
    return {
      signal: this.measured.map((id) => measureError(activation(float, id), activation(float, id)).signal),
      float: this.vectors.map((id) => rankOutput(id, activation(float, id), activation(float, id))),
      deployed: this.distance(float, deployed),
      margins: this.vectors.map((id) => {
        const scores = scoresOfOutput(arithmetic.placement.analysis, id);
        return classMargin(scores, activation(float, scores), activation(deployed, scores));
      }),
    };
  }

  /** The distances of the open image with only this one of {@link layers} quantized, and with only it in float32. */
  measure(layer: number): LayerDistances {
    const { arithmetic } = this;
    const { members } = required(this.layers[layer], 'sensitivity', `layer ${layer}`);
    const { float, deployed } = required(this.image ?? undefined, 'sensitivity', 'an open image');
    const inFloat: RunStep = (step, activations) => arithmetic.float(step, activations);
    const onOverlay: RunStep = (step, activations) => arithmetic.deployed(step, activations);
    const quantized = this.withChange(float, members, onOverlay, inFloat);
    // The network's input is read as it is fed.
    const unrounded = this.withChange(
      deployed,
      members,
      (step, activations) => inFloat(step, step.inputs.length === 0 ? float : activations),
      onOverlay,
    );
    return { quantized: this.distance(float, quantized), float: this.distance(float, unrounded) };
  }

  /**
   * An image's activations where some layers run otherwise than they did for `base`, `run`: those run again, and the layers that
   * depend on what differs, `rerun`.
   */
  private withChange(base: Activations, members: ReadonlySet<LayerStep>, run: RunStep, rerun: RunStep): Activations {
    const activations = new Map(base);
    const changed = new Set<ValueId>();
    for (const step of this.arithmetic.steps) {
      const isMember = members.has(step);
      if (!isMember && !step.inputs.some((id) => changed.has(id))) continue;
      for (const [id, data] of (isMember ? run : rerun)(step, activations)) {
        if (equal(data, activation(base, id))) continue;
        activations.set(id, data);
        changed.add(id);
      }
    }
    return activations;
  }

  private distance(float: Activations, other: Activations): Distance {
    return {
      noise: this.measured.map((id) => measureError(activation(float, id), activation(other, id)).noise),
      best: this.vectors.map((id) => rankOutput(id, activation(other, id), activation(other, id)).float[0] ?? 0),
    };
  }
}

/** Values that are measured: not those of layers that move values only. */
function isMeasured(analysis: AnalysedGraph): (id: ValueId) => boolean {
  return (id) => analysis.rule(analysis.writerOf(id)).kind !== 'shape';
}

/** The scores that an output's classes are ranked by: what a final Softmax reads, where it has an element for each class. */
function scoresOfOutput(analysis: AnalysedGraph, output: ValueId): ValueId {
  const [scores = output, ...others] = sourcesOf(analysis, output, isMeasured(analysis));
  const size = (id: ValueId): number => elements(analysis.value(id).shape);
  return others.length === 0 && size(scores) === size(output) ? scores : output;
}

function classMargin(value: ValueId, float: Float32Array, deployed: Float32Array): ClassMargin {
  const [best = 0, second = 0] = rankOutput(value, float, float).float;
  const difference = (scores: Float32Array): number => (scores[best] ?? 0) - (scores[second] ?? 0);
  const margin = difference(float);
  return { margin, shift: margin - difference(deployed) };
}

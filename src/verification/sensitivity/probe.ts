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
import { Activations } from './activations.js';
import { equal, LayerArithmetic, type Results } from './layer-arithmetic.js';
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
type RunStep = (step: LayerStep, activations: Activations) => Results;

/** Some layers run otherwise than they did for `base`, with `run`, and the layers that depend on what differs with `rerun`. */
interface Change {
  readonly base: Activations;
  readonly members: ReadonlySet<LayerStep>;
  readonly run: RunStep;
  readonly rerun: RunStep;
}

/** Measures what each layer of a network alone costs at its outputs. One per engine; `graph` as it is calibrated. */
export class SensitivityProbe {
  /** In network order. */
  readonly layers: readonly RankedLayer[];
  private readonly arithmetic: LayerArithmetic;
  private readonly measured: readonly ValueId[];
  private readonly vectors: readonly ValueId[];
  /** For each step the values that may be freed behind it. */
  private readonly lastRead: readonly (readonly ValueId[])[];
  private image: Opened | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
    entries: Entries,
    overlay: OverlayChoice,
  ) {
    this.arithmetic = new LayerArithmetic(engine, graph, entries, overlay);
    const { analysis } = this.arithmetic.placement;
    this.layers = rankedLayers(this.arithmetic.placement, this.arithmetic.steps);
    this.measured = outputValues(analysis, isMeasured(analysis));
    this.vectors = graph.outputs.filter((id) => isVector(analysis.value(id).shape));
    this.lastRead = lastReads(this.arithmetic.steps, new Set([...this.measured, ...this.vectors]));
  }

  /** Runs an image in both arithmetics, and keeps its activations for {@link measure}. `feeds`: float32 data of the graph's inputs. */
  open(feeds: readonly Float32Array[]): ImageBase {
    this.image?.float.free();
    this.image?.deployed.free();
    const image = { float: this.fed(feeds), deployed: this.fed(feeds) };
    for (const step of this.arithmetic.steps) {
      replace(image.float, this.arithmetic.float(step, image.float));
      replace(image.deployed, this.arithmetic.deployed(step, image.deployed));
    }
    this.image = image;
    const view = (side: 'float' | 'deployed', id: ValueId): Float32Array =>
      this.arithmetic.view(id, image[side].at(id));
    return {
      signal: this.measured.map((id) => measureError(view('float', id), view('float', id)).signal),
      float: this.vectors.map((id) => rankOutput(id, view('float', id), view('float', id))),
      deployed: this.distance(image.float, image.deployed),
      margins: this.vectors.map((id) => {
        const scores = scoresOfOutput(this.arithmetic.placement.analysis, id);
        return classMargin(scores, view('float', scores), view('deployed', scores));
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
    // The network's input is read as it is fed.
    const inFloatAsFed: RunStep = (step, activations) => inFloat(step, step.inputs.length === 0 ? float : activations);
    return {
      quantized: this.distanceWith({ base: float, members, run: onOverlay, rerun: inFloat }),
      float: this.distanceWith({ base: deployed, members, run: inFloatAsFed, rerun: onOverlay }),
    };
  }

  private distanceWith(change: Change): Distance {
    const { float } = required(this.image ?? undefined, 'sensitivity', 'an open image');
    const activations = this.withChange(change);
    const distance = this.distance(float, activations);
    activations.free();
    return distance;
  }

  /** The activations of the outputs with a change; of the others those that differ from `base` are freed behind their last reader. */
  private withChange({ base, members, run, rerun }: Change): Activations {
    const { arithmetic, engine } = this;
    const activations = new Activations(engine.heap, base);
    for (const [index, step] of arithmetic.steps.entries()) {
      const isMember = members.has(step);
      if (isMember || step.inputs.some((id) => activations.has(id))) {
        for (const [id, address] of (isMember ? run : rerun)(step, activations)) {
          const isChanged = !equal(arithmetic.view(id, address), arithmetic.view(id, base.at(id)));
          if (isChanged) activations.set(id, address);
          else engine.heap.free(address);
        }
      }
      for (const id of this.lastRead[index] ?? []) activations.release(id);
    }
    return activations;
  }

  private distance(float: Activations, other: Activations): Distance {
    const { arithmetic } = this;
    const view = (side: Activations, id: ValueId): Float32Array => arithmetic.view(id, side.at(id));
    return {
      noise: this.measured.map((id) => measureError(view(float, id), view(other, id)).noise),
      best: this.vectors.map((id) => rankOutput(id, view(other, id), view(other, id)).float[0] ?? 0),
    };
  }

  /** The network's inputs as they are fed. */
  private fed(feeds: readonly Float32Array[]): Activations {
    const { heap } = this.engine;
    const activations = new Activations(heap);
    for (const [index, id] of this.graph.inputs.entries()) {
      const feed = feeds[index] ?? new Float32Array();
      const address = heap.alloc(feed.byteLength);
      heap.f32(address, feed.length).set(feed);
      activations.set(id, address);
    }
    return activations;
  }
}

/** Takes the results of a layer in the place of what was there. */
function replace(activations: Activations, results: Results): void {
  for (const [id, address] of results) {
    activations.release(id);
    activations.set(id, address);
  }
}

/** For each step the values that no later step reads, but for those that are `kept`. */
function lastReads(steps: readonly LayerStep[], kept: ReadonlySet<ValueId>): ValueId[][] {
  const last = new Map(steps.flatMap(({ inputs }, index) => inputs.map((id) => [id, index] as const)));
  return steps.map(({ inputs }, index) => inputs.filter((id) => last.get(id) === index && !kept.has(id)));
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

import { type LayerClips, NO_CLIPS } from '../../emulator/single-layer.js';
import { required } from '../../error.js';
import type { ValueId } from '../../graph/graph.js';
import type { Placement } from '../../placement/placement.js';
import { addErrors, cosine, type ErrorSum, noError, sqnr } from '../compare-activations.js';
import { type ComparedLayer, comparedLayers } from '../compared-layers.js';
import { outputValues } from '../output-values.js';
import { scoresOf } from '../verification.js';
import type { LiveStep, ScoredOutput } from './live-images.js';

/** One value of the network on the overlay, over all images. Counts are those of `verify`. */
export interface LiveLayer {
  /** The layer that computes it, and the activation that is computed with the layer. */
  readonly name: string;
  readonly activation: string | null;
  readonly type: string;
  /** The value's blob. */
  readonly blob: string;
  /** Width and threshold of its codes; null where it is float32 of the host. */
  readonly bits: number | null;
  readonly threshold: number | null;
  /** Signal-to-quantization-noise ratio as deployed, in dB; Infinity where there is no noise. */
  readonly sqnr: number;
  readonly cosine: number;
  /** Values that were counted; of these the clips at the threshold and before scaling, and the sums beyond the accumulator. */
  readonly values: number;
  readonly clipped: number;
  readonly prescaleClipped: number;
  readonly overflows: number;
}

/** A class and its score. */
export interface ScoredClass {
  readonly class: number;
  readonly score: number;
}

/** The best classes of one image at one output vector, at most five, best first. */
export interface LivePrediction {
  /** The output's blob. */
  readonly output: string;
  readonly float: readonly ScoredClass[];
  readonly fixed: readonly ScoredClass[];
}

/** What a change did. */
export interface LiveUpdate {
  /** The layers that were computed again for some image, in network order. */
  readonly layers: readonly LiveLayer[];
  /** For each image what the network says, one for each output vector. */
  readonly predictions: readonly (readonly LivePrediction[])[];
  /** Signal-to-quantization-noise ratio at the network's output, before a Softmax, in dB: the lowest of several. Null where none is compared. */
  readonly sqnr: number | null;
  /** The share of images whose best class is that of the float network, 0 to 1; null without scores of classes. */
  readonly agreement: number | null;
  /** Layers that were computed, each image counted, and those that the whole network takes. */
  readonly computed: number;
  readonly total: number;
}

interface ImageResults {
  readonly errors: Map<ValueId, ErrorSum>;
  readonly clips: Map<number, LayerClips>;
  readonly outputs: Map<ValueId, ScoredOutput>;
}

/** The results of a live emulation, image by image, as steps bring them. */
export class LiveResults {
  private readonly images: readonly ImageResults[];
  private readonly touched = new Set<number>();
  private computed = 0;

  constructor(count: number) {
    this.images = Array.from({ length: count }, () => ({ errors: new Map(), clips: new Map(), outputs: new Map() }));
  }

  /** Takes in what was computed. */
  add(steps: readonly LiveStep[]): void {
    for (const { image, node, clips, errors, outputs } of steps) {
      const results = required(this.images[image], 'live', `image ${image}`);
      this.touched.add(node);
      results.clips.set(node, clips);
      for (const [id, error] of errors) results.errors.set(id, error);
      for (const output of outputs) results.outputs.set(output.value, output);
    }
    this.computed += steps.length;
  }

  /** What was computed since the last call. */
  takeUpdate(placement: Placement): LiveUpdate {
    const all = comparedLayers(placement);
    const layers = all.filter(({ node }) => this.touched.has(node)).map((layer) => this.layer(placement, layer));
    const { computed } = this;
    this.touched.clear();
    this.computed = 0;
    return { ...this.summary(placement, all), layers, computed, total: this.total(placement) };
  }

  /** Every layer as it is. */
  all(placement: Placement): LiveUpdate {
    const all = comparedLayers(placement);
    const layers = all.map((layer) => this.layer(placement, layer));
    return { ...this.summary(placement, all), layers, computed: 0, total: this.total(placement) };
  }

  private layer(placement: Placement, { value, node, name, activation, placement: kept }: ComparedLayer): LiveLayer {
    const { analysis } = placement;
    const error = this.error(value);
    const clips = this.images.map((image) => image.clips.get(node) ?? NO_CLIPS).reduce(addClips, NO_CLIPS);
    const grid = kept.kind === 'codes' ? kept.grid : null;
    return {
      name,
      activation,
      type: analysis.node(node).type,
      blob: analysis.value(value).blob,
      bits: grid?.bits ?? null,
      threshold: grid?.threshold ?? null,
      sqnr: sqnr(error),
      cosine: cosine(error),
      ...clips,
    };
  }

  /** The error of a value over all images, added in their order. */
  private error(id: ValueId): ErrorSum {
    return this.images.map(({ errors }) => errors.get(id) ?? noError).reduce(addErrors, noError);
  }

  private summary(placement: Placement, layers: readonly ComparedLayer[]) {
    const { analysis } = placement;
    const compared = new Set(layers.map(({ value }) => value));
    const ratios = outputValues(analysis, (id) => compared.has(id)).map((id) => sqnr(this.error(id)));
    const outputs = this.images.map((image) => analysis.graph.outputs.flatMap((id) => image.outputs.get(id) ?? []));
    const scores = scoresOf(outputs.map((each) => ({ outputs: each })));
    const agreeing = scores?.filter(({ float, fixed }) => float[0] === fixed[0]).length ?? 0;
    return {
      predictions: outputs.map((image) => image.map((each) => prediction(analysis.value(each.value).blob, each))),
      sqnr: ratios.length === 0 ? null : Math.min(...ratios),
      agreement: scores === undefined ? null : agreeing / scores.length,
    };
  }

  /** Layers of all images; activations that are computed with a layer are none. */
  private total(placement: Placement): number {
    const own = placement.analysis.graph.nodes.filter((_, index) => placement.accumulatingLayer(index) === null);
    return own.length * this.images.length;
  }
}

function addClips(a: LayerClips, b: LayerClips): LayerClips {
  return {
    values: a.values + b.values,
    clipped: a.clipped + b.clipped,
    prescaleClipped: a.prescaleClipped + b.prescaleClipped,
    overflows: a.overflows + b.overflows,
  };
}

function prediction(output: string, { float, floatScores, fixed, fixedScores }: ScoredOutput): LivePrediction {
  const scored = (classes: readonly number[], scores: readonly number[]): ScoredClass[] =>
    classes.map((one, i) => ({ class: one, score: scores[i] ?? 0 }));
  return { output, float: scored(float, floatScores), fixed: scored(fixed, fixedScores) };
}

import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { stepOf } from '../fixed/grid.js';
import { pow } from '../math.js';
import { requantizeWeighted } from '../overlay/requantization.js';
import {
  buildEntry,
  exactParams,
  gridsOf,
  type LayerCalibration,
  LEAST_SHARE,
  multipliersOf,
  type OverlayChoice,
  overlayOf,
} from '../scaling/index.js';
import type { CalibrationExecutor, LayerEnd, LayerErrorRequest, OverlayLayer } from './executor/executor.js';
import type { CodesForm } from './step.js';

/** A weighted layer of 8 bits whose output a blob is, or a part of it. */
export interface SearchedLayer {
  readonly node: number;
  /** The activation behind the layer; null: none. */
  readonly activation: number | null;
  readonly input: CodesForm;
  /** The threshold of the input. */
  readonly thresholdIn: number;
  /** The largest magnitude of each output channel's weights. */
  readonly largest: readonly number[];
}

/** A blob whose threshold, and the thresholds of the weights of the layers that make it, are searched. */
export interface SearchedBlob {
  readonly layers: readonly SearchedLayer[];
  /** The threshold to start from, above 0. */
  readonly start: number;
  /** Whether other thresholds are tried: not where parts of the blob are made by other layers. */
  readonly isFree: boolean;
}

/** The threshold of a blob and its layers as the overlay runs them. */
export interface FoundBlob {
  readonly threshold: number;
  readonly layers: readonly OverlayLayer[];
}

/** Candidates are the start times 2^(step / 8). */
const STEPS_OF_OCTAVE = 8;
/**
 * These are tried first, then the best of them and its neighbours. Further ones would clip rare elements that samples miss, which
 * the start was found with.
 */
const COARSE = [-1, 0, 1];
const NEIGHBOURS = [-0.5, -0.25, 0, 0.25, 0.5];
/** Units of an error in the start. */
const RESOLUTION = 2 ** 14;

type ErrorExecutor = Pick<CalibrationExecutor, 'layerErrors'>;

/**
 * Thresholds by the error that an overlay that clips before it scales makes in each layer, on its codes of the layer's input, at
 * sampled outputs. Each channel has the best of its largest weight, that raised for an exact multiplier, and half of the raised
 * one. Source: `docs/spec/quantizer.md`, section 3.10.
 */
export async function searchLayers(
  blobs: readonly SearchedBlob[],
  executor: ErrorExecutor,
  network: AnalysedGraph,
  overlay: OverlayChoice,
): Promise<FoundBlob[]> {
  const searches = blobs.map((blob) => new BlobSearch(blob, network, overlay));
  await ask(executor, searches, (search) => search.attempts(COARSE));
  await ask(executor, searches, (search) =>
    search.attempts(
      NEIGHBOURS.map((step) => search.best + step),
      true,
    ),
  );
  return searches.map((search) => search.found());
}

/** A request, and what takes its answer. */
interface Question {
  readonly request: LayerErrorRequest;
  take(errors: Float64Array): void;
}

async function ask(
  executor: ErrorExecutor,
  searches: readonly BlobSearch[],
  questionsOf: (search: BlobSearch) => readonly Question[],
): Promise<void> {
  const questions = searches.flatMap(questionsOf);
  if (questions.length === 0) return;
  const answers = await executor.layerErrors(questions.map(({ request }) => request));
  for (const [i, { take }] of questions.entries()) take(answers[i] ?? new Float64Array(0));
}

/** Thresholds of a layer's weights that were tried with a threshold of its output, and the error of each channel. */
interface Trial {
  readonly thresholds: readonly number[];
  readonly errors: Float64Array;
}

class BlobSearch {
  /** By step, for each layer what was tried, in order. */
  private readonly trials = new Map<number, readonly Trial[][]>();

  constructor(
    private readonly blob: SearchedBlob,
    private readonly network: AnalysedGraph,
    private readonly overlay: OverlayChoice,
  ) {}

  /** The errors of thresholds of the output; the blob's alone where that is fixed. `isLast`: lowered weights too. */
  attempts(wanted: readonly number[], isLast = false): Question[] {
    const steps = this.blob.isFree ? wanted : [0];
    for (const step of steps)
      if (!this.trials.has(step))
        this.trials.set(
          step,
          this.blob.layers.map(() => []),
        );
    return this.blob.layers.map((layer, index) => this.question(layer, index, steps, isLast));
  }

  /** The step with the least error, the first that was tried of equals. */
  get best(): number {
    let [best, least] = [0, Infinity];
    for (const step of this.trials.keys()) {
      const error = this.error(step);
      if (error < least) [best, least] = [step, error];
    }
    return best;
  }

  found(): FoundBlob {
    const step = this.best;
    const layers = this.blob.layers.map((layer, index) =>
      overlayLayer(this.network, this.calibration(layer, this.chosen(index, step), step), layer, this.overlay),
    );
    return { threshold: this.threshold(step), layers };
  }

  /** Candidates with the same thresholds of weights share their sums. What was tried before is not tried again. */
  private question(layer: SearchedLayer, index: number, steps: readonly number[], isLast: boolean): Question {
    const { node, activation, input, largest } = layer;
    const list: { readonly thresholds: readonly number[]; readonly ends: LayerEnd[]; readonly steps: number[] }[] = [];
    for (const step of steps) {
      const tried = this.trials.get(step)?.[index] ?? [];
      for (const thresholds of this.paramsFor(layer, step, isLast)) {
        const isSame = (other: { readonly thresholds: readonly number[] }): boolean =>
          thresholds.every((threshold, c) => threshold === other.thresholds[c]);
        if (tried.some(isSame)) continue;
        let candidate = list.find(isSame);
        if (candidate === undefined) list.push((candidate = { thresholds, ends: [], steps: [] }));
        if (candidate.steps.includes(step)) continue;
        candidate.ends.push(this.endOf(layer, thresholds, step));
        candidate.steps.push(step);
      }
    }
    const unit = this.blob.start / RESOLUTION;
    return {
      request: {
        node,
        activation,
        input,
        largest,
        unit,
        isLast,
        candidates: list.map(({ thresholds, ends }) => ({ thresholds, ends })),
      },
      take: (errors) => {
        let at = 0;
        for (const { thresholds, steps: tried } of list)
          for (const step of tried) {
            const end = at + largest.length;
            this.trials.get(step)?.[index]?.push({ thresholds, errors: errors.slice(at, end) });
            at = end;
          }
      },
    };
  }

  /** The thresholds of weights that are tried with a threshold of the output. */
  private paramsFor(layer: SearchedLayer, step: number, isLast: boolean): (readonly number[])[] {
    const { largest } = layer;
    const raised = exactParams(this.calibration(layer, largest, step));
    if (!isLast) return [largest, raised];
    const lowered = raised.map((threshold, c) =>
      threshold / 2 >= LEAST_SHARE * (largest[c] ?? 0) ? threshold / 2 : threshold,
    );
    return [largest, raised, lowered];
  }

  /** The error of all layers, each channel with what is best for it. */
  private error(step: number): number {
    let sum = 0;
    for (const [index, { largest }] of this.blob.layers.entries()) {
      const trials = this.trials.get(step)?.[index] ?? [];
      for (let c = 0; c < largest.length; c++) sum += Math.min(...trials.map(({ errors }) => errors[c] ?? 0));
    }
    return sum;
  }

  /** For each channel the threshold of weights with the least error, the first of equals. */
  private chosen(index: number, step: number): number[] {
    const trials = this.trials.get(step)?.[index] ?? [];
    return (this.blob.layers[index]?.largest ?? []).map((threshold, c) => {
      let [best, least] = [threshold, Infinity];
      for (const { thresholds, errors } of trials)
        if ((errors[c] ?? Infinity) < least) [best, least] = [thresholds[c] ?? threshold, errors[c] ?? Infinity];
      return best;
    });
  }

  private endOf(layer: SearchedLayer, thresholds: readonly number[], step: number): LayerEnd {
    const calibration = this.calibration(layer, thresholds, step);
    const { end } = overlayLayer(this.network, calibration, layer, this.overlay);
    return { end, step: stepOf(gridsOf(calibration).output) };
  }

  private calibration(layer: SearchedLayer, thresholds: readonly number[], step: number): LayerCalibration {
    return layerCalibration(this.network, { ...layer, largest: thresholds }, this.threshold(step));
  }

  private threshold(step: number): number {
    return this.blob.start * pow(2, step / STEPS_OF_OCTAVE);
  }
}

/** A layer of 8 bits with these thresholds of its weights and of its output. */
export function layerCalibration(
  network: AnalysedGraph,
  { node, thresholdIn, largest }: Pick<SearchedLayer, 'node' | 'thresholdIn' | 'largest'>,
  thresholdOut: number,
): LayerCalibration {
  return {
    name: network.node(node).name,
    form: network.ruleOf(node, 'weighted').form,
    ...{ bw_layer_in: 8, bw_params: 8, bw_layer_out: 8 },
    ...{ th_layer_in: thresholdIn, th_layer_out: thresholdOut, th_params: largest },
    ...{ channels: largest.length, area: 1 },
  };
}

/** A layer as the overlay runs it, with the activation behind it. */
export function overlayLayer(
  network: AnalysedGraph,
  layer: LayerCalibration,
  { node, activation }: Pick<SearchedLayer, 'node' | 'activation'>,
  overlay: OverlayChoice,
): OverlayLayer {
  const entry = buildEntry(layer, overlay);
  const bias = network.node(node).params[1]?.data;
  const rule = activation === null ? null : network.ruleOf(activation, 'activation');
  const weighted = { entry, form: layer.form, multipliers: multipliersOf(layer), bias };
  return { thresholds: layer.th_params, end: requantizeWeighted(weighted, overlayOf(overlay), rule) };
}

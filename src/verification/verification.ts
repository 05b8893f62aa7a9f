import { analyse } from '../analysis/analysed-graph.js';
import type { Graph } from '../graph/graph.js';
import {
  addErrors,
  cosine,
  type ErrorSum,
  type LargestError,
  noError,
  type Position,
  positionOfElement,
  sqnr,
} from './compare-activations.js';
import type { RankedOutput } from './ranked-outputs.js';
import type { Counts, DescribedLayer, ImageReport, LayerBounds } from './verifier.js';

/** Measures of how close the overlay comes to float. */
export interface Quality {
  /** Signal-to-quantization-noise ratio in dB; Infinity where there is no noise. */
  readonly sqnr: number;
  readonly cosine: number;
  readonly largestError: (LargestError & Position) | null;
}

/** One layer of a verified network. Counts are over all images. */
export interface VerifiedLayer {
  readonly name: string;
  /** The activation that is computed with it. */
  readonly activation: string | null;
  readonly type: string;
  /** Width of its codes; null where its result is float32 of the host. */
  readonly bw: number | null;
  /** Thresholds of its input and of its result; null where there is none. */
  readonly th_layer_in: number | null;
  readonly th_layer_out: number | null;
  readonly isolated: Quality | null;
  readonly accumulated: Quality;
  /** Values of the result that were counted; of these the clips at its threshold and before scaling, and the sums beyond the accumulator. */
  readonly values: number;
  readonly clipped: number;
  readonly prescaleClipped: number;
  readonly overflows: number;
  /** Channels of nothing but 0 in every image. */
  readonly deadChannels: readonly number[];
  /** The same counts for each channel; null where nothing is counted. */
  readonly channels: {
    readonly clipped: readonly number[];
    readonly prescaleClipped: readonly number[];
    readonly overflows: readonly number[];
  } | null;
  /** Bounds of its sums for any input, and whether the overlay's accumulator can overflow. */
  readonly accumulator: LayerBounds | null;
}

/** Shares of images, 0 to 1. `top5` is null where there are no more than five classes. */
export interface Shares {
  readonly top1: number;
  readonly top5: number | null;
}

/** Results of a verification: how close a network on the overlay comes to float over some images. */
export interface Verification {
  readonly images: number;
  /** In network order. */
  readonly layers: readonly VerifiedLayer[];
  /** Share of images whose best float class is the best, and among the five best, on the overlay; null: no output looks like scores. */
  readonly agreement: (Shares & { readonly output: string }) | null;
  /** Against labels, where they are given. */
  readonly accuracy: { readonly float: Shares; readonly fixed: Shares } | null;
}

/** The images' reports, in their order, as one. `labels`: the right class of each image. */
export function summarise(
  graph: Graph,
  described: readonly DescribedLayer[],
  reports: readonly ImageReport[],
  counts: Counts,
  labels?: readonly number[],
): Verification {
  const counted = new Set<number>();
  const layers = described.map((layer, i) => {
    const isolated = reports.flatMap((report) => report.isolated.slice(i, i + 1));
    const accumulated = reports.map((report) => report.accumulated[i] ?? noError);
    const totals = counted.has(layer.node) ? nothingCounted : countsOf(graph, layer, counts);
    counted.add(layer.node);
    const isMeasured = isolated.length > 0 && isolated.every((sum) => sum !== null);
    const alone = isMeasured ? isolated.reduce(addErrors, noError) : null;
    return verifiedLayer(graph, layer, alone, accumulated.reduce(addErrors, noError), totals);
  });
  const scores = scoresOf(reports);
  return {
    images: reports.length,
    layers,
    agreement: scores === undefined ? null : agreementOf(graph, scores),
    accuracy: scores === undefined || labels === undefined ? null : accuracyOf(scores, labels),
  };
}

const total = (numbers: Iterable<number>): number => [...numbers].reduce((sum, number) => sum + number, 0);

type LayerTotals = Pick<
  VerifiedLayer,
  'values' | 'clipped' | 'prescaleClipped' | 'overflows' | 'deadChannels' | 'channels'
>;

const nothingCounted: LayerTotals = {
  values: 0,
  clipped: 0,
  prescaleClipped: 0,
  overflows: 0,
  deadChannels: [],
  channels: null,
};

/** Of the values that a layer's sums become, the first is counted: the one before its activation, where that is read. */
function countsOf(graph: Graph, { node: index, value }: DescribedLayer, counts: Counts): LayerTotals {
  const input = counts.inputs.get(analyse(graph).value(value).blob);
  const node = analyse(graph).node(index);
  if (node.inputs.length === 0) return { ...nothingCounted, values: input?.values ?? 0, clipped: input?.clipped ?? 0 };
  const own = counts.layers.get(node.name);
  if (own === undefined) return nothingCounted;
  const deadChannels = [...own.alive.keys()].filter((channel) => own.alive[channel] === 0);
  const channels = { clipped: [...own.output], prescaleClipped: [...own.prescale], overflows: [...own.beyond] };
  return {
    values: own.values,
    clipped: total(own.output),
    prescaleClipped: total(own.prescale),
    overflows: total(own.beyond),
    deadChannels,
    channels,
  };
}

function verifiedLayer(
  graph: Graph,
  layer: DescribedLayer,
  isolated: ErrorSum | null,
  accumulated: ErrorSum,
  counts: LayerTotals,
): VerifiedLayer {
  const { placement, bounds } = layer;
  return {
    name: layer.name,
    activation: layer.activation,
    type: analyse(graph).node(layer.node).type,
    bw: placement.kind === 'codes' ? placement.grid.bits : null,
    th_layer_in: layer.thIn,
    th_layer_out: placement.kind === 'codes' ? placement.grid.threshold : null,
    isolated: isolated === null ? null : qualityOf(isolated, graph, layer),
    accumulated: qualityOf(accumulated, graph, layer),
    ...counts,
    accumulator: bounds,
  };
}

function qualityOf(sum: ErrorSum, graph: Graph, { value }: DescribedLayer): Quality {
  const { shape, layout } = analyse(graph).value(value);
  const largestError =
    sum.largest === null ? null : { ...sum.largest, ...positionOfElement(sum.largest.index, shape, layout) };
  return { sqnr: sqnr(sum), cosine: cosine(sum), largestError };
}

/**
 * For each image the output vector with class scores: the first that is a distribution in every image, else the only one there
 * is; undefined where there are none or several.
 */
export function scoresOf(reports: readonly Pick<ImageReport, 'outputs'>[]): RankedOutput[] | undefined {
  const [first] = reports;
  const columns = (first?.outputs ?? []).map((_, output) => reports.flatMap(({ outputs }) => outputs[output] ?? []));
  const distribution = columns.find((column) => column.every(({ isDistribution }) => isDistribution));
  return distribution ?? (columns.length === 1 ? columns[0] : undefined);
}

/** Shares of images whose right class is the best, and among the best five. */
function shares(
  scores: readonly RankedOutput[],
  best: 'float' | 'fixed',
  right: readonly (number | undefined)[],
): Shares {
  const share = (isHit: (scores: RankedOutput, image: number) => boolean): number =>
    scores.filter(isHit).length / scores.length;
  return {
    top1: share(({ [best]: classes }, image) => classes[0] === right[image]),
    top5: scores.some(({ classes }) => classes > 5)
      ? share(({ [best]: classes }, image) => classes.some((one) => one === right[image]))
      : null,
  };
}

function agreementOf(graph: Graph, scores: readonly RankedOutput[]): Verification['agreement'] {
  const [output = ''] = scores.map(({ value }) => analyse(graph).value(value).blob);
  const right = scores.map(({ float: [best] }) => best);
  return { output, ...shares(scores, 'fixed', right) };
}

function accuracyOf(scores: readonly RankedOutput[], labels: readonly number[]): Verification['accuracy'] {
  return { float: shares(scores, 'float', labels), fixed: shares(scores, 'fixed', labels) };
}

import type { AccumulatorBounds } from '../emulator/accumulator-bounds.js';
import type { Graph } from '../graph/graph.js';
import {
  addErrors,
  cosine,
  type ErrorSum,
  type LargestError,
  noError,
  type Place,
  placeOfElement,
  sqnr,
} from './compare-activations.js';
import type { Counts, DescribedLayer, ImageReport } from './verifier.js';

/** How close the overlay comes to float. */
export interface Quality {
  /** Signal-to-quantization-noise ratio in dB; Infinity where there is no noise. */
  readonly sqnr: number;
  readonly cosine: number;
  readonly largestError: (LargestError & Place) | null;
}

/** One layer of a verified network. Counts are over all images. */
export interface VerifiedLayer {
  readonly name: string;
  /** The activation that is computed with it. */
  readonly activation: string | null;
  readonly type: string;
  /** Where its result is a host's float32: null. */
  readonly bw: number | null;
  /** Of its input and of its result; null where there is none. */
  readonly th_layer_in: number | null;
  readonly th_layer_out: number | null;
  readonly isolated: Quality | null;
  readonly accumulated: Quality;
  /** Values of the result that were counted; of these the clips at its threshold and before scaling, and the sums beyond 24 signed bits. */
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
  /** What its sums can reach at all, and whether that is beyond 24 signed bits on an 8-bit overlay. */
  readonly accumulator: (AccumulatorBounds & { readonly canOverflow: boolean }) | null;
}

/** Shares of images, 0 to 1. `top5` is null where there are no more than five classes. */
export interface Shares {
  readonly top1: number;
  readonly top5: number | null;
}

/** What the images showed of a network on the overlay. */
export interface Verification {
  readonly images: number;
  /** In network order. */
  readonly layers: readonly VerifiedLayer[];
  /** Share of images whose best float class is the best, and among the five best, on the overlay; null: no output looks like scores. */
  readonly agreement: (Shares & { readonly output: string }) | null;
  /** Against labels, where they are given. */
  readonly accuracy: { readonly float: Shares; readonly fixed: Shares } | null;
  /** One sentence that names the layer that hurts most. */
  readonly verdict: string;
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
    const isolated = reports.some((report) => report.isolated[i] === null)
      ? null
      : reports.map((report) => report.isolated[i]!).reduce(addErrors, noError);
    const accumulated = reports.map((report) => report.accumulated[i]!).reduce(addErrors, noError);
    const isCounted = !counted.has(layer.node);
    counted.add(layer.node);
    return verifiedLayer(
      graph,
      layer,
      isolated,
      accumulated,
      isCounted ? countsOf(graph, layer, counts) : nothingCounted,
    );
  });
  const output = scoresOf(reports);
  return {
    images: reports.length,
    layers,
    agreement:
      output < 0
        ? null
        : { output: graph.values[reports[0]!.outputs[output]!.value]!.blob, ...agreementOf(reports, output) },
    accuracy: output < 0 || labels === undefined ? null : accuracyOf(reports, output, labels),
    verdict: verdictOf(layers),
  };
}

/** Sums of what several engines counted. */
export function mergeCounts(parts: readonly Counts[]): Counts {
  const layers = new Map<
    string,
    { prescale: Float64Array; output: Float64Array; beyond: Float64Array; alive: Uint8Array; values: number }
  >();
  const inputs = new Map<string, { clipped: number; values: number }>();
  const add = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, c) => value + b[c]!);
  for (const part of parts) {
    for (const [name, one] of part.layers) {
      const sum = layers.get(name);
      layers.set(
        name,
        sum === undefined
          ? { ...one }
          : {
              prescale: add(sum.prescale, one.prescale),
              output: add(sum.output, one.output),
              beyond: add(sum.beyond, one.beyond),
              alive: sum.alive.map((alive, c) => alive | one.alive[c]!),
              values: sum.values + one.values,
            },
      );
    }
    for (const [name, one] of part.inputs) {
      const sum = inputs.get(name) ?? { clipped: 0, values: 0 };
      inputs.set(name, { clipped: sum.clipped + one.clipped, values: sum.values + one.values });
    }
  }
  return { layers, inputs };
}

const OVERFLOW_BITS = 24;
const total = (numbers: Iterable<number>): number => [...numbers].reduce((sum, one) => sum + one, 0);

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

/** Of the values that a layer's sums become, the first is counted: the one before its activation, where somebody needs it. */
function countsOf(graph: Graph, { node: index, value }: DescribedLayer, counts: Counts): LayerTotals {
  const input = counts.inputs.get(graph.values[value]!.blob);
  const node = graph.nodes[index]!;
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
  const { form, bounds } = layer;
  return {
    name: layer.name,
    activation: layer.activation,
    type: graph.nodes[layer.node]!.type,
    bw: form.kind === 'codes' ? form.bw : null,
    th_layer_in: layer.thIn,
    th_layer_out: form.kind === 'codes' ? form.th : null,
    isolated: isolated === null ? null : qualityOf(isolated, graph, layer),
    accumulated: qualityOf(accumulated, graph, layer),
    ...counts,
    accumulator: bounds === null ? null : { ...bounds, canOverflow: layer.bwIn === 8 && bounds.bits > OVERFLOW_BITS },
  };
}

function qualityOf(sum: ErrorSum, graph: Graph, { value }: DescribedLayer): Quality {
  const { shape, layout } = graph.values[value]!;
  const largestError =
    sum.largest === null ? null : { ...sum.largest, ...placeOfElement(sum.largest.index, shape, layout) };
  return { sqnr: sqnr(sum), cosine: cosine(sum), largestError };
}

/** Which vector of an image's outputs holds class scores: the first that is a distribution in every image, else the only one there is. */
function scoresOf(reports: readonly ImageReport[]): number {
  const count = reports[0]?.outputs.length ?? 0;
  const found = Array.from({ length: count }, (_, i) => i).find((i) =>
    reports.every(({ outputs }) => outputs[i]!.isDistribution),
  );
  return found ?? (count === 1 ? 0 : -1);
}

function shares(hits: readonly { best: boolean; five: boolean }[], classes: number): Shares {
  const share = (hit: readonly boolean[]): number => hit.filter(Boolean).length / hits.length;
  return { top1: share(hits.map(({ best }) => best)), top5: classes > 5 ? share(hits.map(({ five }) => five)) : null };
}

function agreementOf(reports: readonly ImageReport[], output: number): Shares {
  const hits = reports.map(({ outputs }) => ({
    best: outputs[output]!.float[0] === outputs[output]!.fixed[0],
    five: outputs[output]!.fixed.includes(outputs[output]!.float[0]!),
  }));
  return shares(hits, reports[0]!.outputs[output]!.classes);
}

function accuracyOf(
  reports: readonly ImageReport[],
  output: number,
  labels: readonly number[],
): { float: Shares; fixed: Shares } {
  const of = (kind: 'float' | 'fixed'): Shares => {
    const hits = reports.map(({ outputs }, image) => ({
      best: outputs[output]![kind][0] === labels[image],
      five: outputs[output]![kind].includes(labels[image]!),
    }));
    return shares(hits, reports[0]!.outputs[output]!.classes);
  };
  return { float: of('float'), fixed: of('fixed') };
}

const percent = (share: number): string => `${share < 0.1 ? (100 * share).toPrecision(2) : Math.round(100 * share)} %`;
const decibels = (value: number): string =>
  Number.isFinite(value) ? `${value.toFixed(1)} dB` : value > 0 ? 'no noise' : 'nothing but noise';

/** The layer that adds most noise by itself: the lowest isolated ratio. */
function verdictOf(layers: readonly VerifiedLayer[]): string {
  const candidates = layers.filter(({ isolated }) => isolated !== null && isolated.sqnr < Infinity);
  if (candidates.length === 0) return 'No layer on the overlay differs from float.';
  const worst = candidates.reduce((low, one) => (one.isolated!.sqnr < low.isolated!.sqnr ? one : low));
  const share = (count: number, where: string): string =>
    count === 0 ? '' : `, ${percent(count / worst.values)} of its values clipped ${where}`;
  const clips = share(worst.prescaleClipped, 'before scaling') + share(worst.clipped, 'at its threshold');
  const overflow = worst.overflows === 0 ? '' : `, ${worst.overflows} of its sums beyond 24 bits`;
  return `Layer "${worst.name}" (${worst.type}) hurts most: quantized alone it keeps ${decibels(worst.isolated!.sqnr)} (cosine ${worst.isolated!.cosine.toFixed(6)}), as deployed ${decibels(worst.accumulated.sqnr)}${clips}${overflow}.`;
}

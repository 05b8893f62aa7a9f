import { analyse } from '../analysis/analysed-graph.js';
import { AccumulatorMeter } from '../emulator/accumulator-use.js';
import type { ValueId } from '../graph/graph.js';
import { type ImageSource, loadInputs, openImages } from '../images/index.js';
import { createEngine } from '../kernels/engine.js';
import { entriesByName } from '../placement/wanted-grids.js';
import type { OutputParts } from '../report/html/report-data.js';
import { Runner } from '../runtime/runner.js';
import { type ActivationRange, RangeMeter } from '../verification/activation-ranges.js';
import { addErrors, type ErrorSum, noError, sqnr } from '../verification/compare-activations.js';
import { outputValues } from '../verification/output-values.js';
import { quantizationParts } from '../verification/quantization-parts.js';
import type { Measured } from '../verification/verdict/measured.js';

/** What a report measures of a few images beside a verification. */
export interface ReportMeasures {
  /** Of each compared layer. */
  readonly ranges: readonly ActivationRange[];
  /** The largest magnitude in the accumulator of each compared layer; null where it has none. */
  readonly largestSums: readonly (number | null)[];
  /** Of each output. */
  readonly parts: readonly OutputParts[];
}

/** Measures the first images of a source. Throws the errors of reading an image. */
export async function reportMeasures(measured: Measured, source: ImageSource, images: number): Promise<ReportMeasures> {
  const load = openImages(source);
  const feeds: Float32Array[][] = [];
  for (let image = 0; image < images; image++) feeds.push(await loadInputs(load, measured.graph.inputs, image));
  return {
    ranges: await measureRanges(measured, feeds),
    largestSums: await largestSums(measured, feeds),
    parts: await partsOf(measured, feeds),
  };
}

async function measureRanges(
  { graph, described }: Measured,
  feeds: readonly (readonly Float32Array[])[],
): Promise<ActivationRange[]> {
  const values = described.map(({ value }) => analyse(graph).value(value));
  const meters = described.map(({ placement }, i) => {
    const { shape = [], layout = 'NCHW' } = values[i] ?? {};
    return new RangeMeter(shape, layout, placement.kind === 'codes' ? placement.grid.threshold : null);
  });
  const outputs = [...new Set(values.map(({ id }) => id))];
  const runner = new Runner(await createEngine(), { ...graph, outputs });
  for (const feed of feeds) {
    const results = runner.run(feed);
    for (const [i, { id }] of values.entries()) {
      const data = results.get(id)?.data;
      if (data !== undefined) meters[i]?.add(data);
    }
  }
  return meters.map(({ range }) => range);
}

async function largestSums(
  { graph, entries, overlay, described }: Measured,
  feeds: readonly (readonly Float32Array[])[],
): Promise<(number | null)[]> {
  const meter = new AccumulatorMeter(await createEngine(), graph, entriesByName(entries), overlay);
  for (const feed of feeds) meter.add(feed);
  return described.map(({ node }) => meter.largest.get(node) ?? null);
}

async function partsOf(
  { graph, entries, described, reports }: Measured,
  feeds: readonly (readonly Float32Array[])[],
): Promise<OutputParts[]> {
  const places = new Map(described.map(({ value }, i) => [value, i]));
  const values = outputValues(analyse(graph), (id) => places.has(id));
  const parts = quantizationParts(await createEngine(), graph, entriesByName(entries), values, feeds);
  const ratio = (sums: readonly ErrorSum[], i: number): number => sqnr(sums[i] ?? noError);
  const deployed = (id: ValueId): ErrorSum =>
    reports
      .slice(0, feeds.length)
      .reduce((sum, { accumulated }) => addErrors(sum, accumulated[places.get(id) ?? -1] ?? noError), noError);
  return values.map((id, i) => ({
    output: described[places.get(id) ?? -1]?.name ?? '',
    weights: ratio(parts.weights, i),
    activations: ratio(parts.activations, i),
    both: ratio(parts.both, i),
    deployed: sqnr(deployed(id)),
  }));
}

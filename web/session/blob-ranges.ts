import type { Graph } from '../../src/graph/graph.js';
import { type ImageSource, imageCount, loadInputs, openImages } from '../../src/images/index.js';
import { createEngine } from '../../src/kernels/engine.js';
import { placementOf } from '../../src/placement/placement.js';
import { entriesByName } from '../../src/placement/wanted-grids.js';
import { pauseFor } from '../../src/runtime/pause.js';
import { Runner } from '../../src/runtime/runner.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { RangeMeter } from '../../src/verification/activation-ranges.js';
import { comparedLayers } from '../../src/verification/compared-layers.js';
import type { CallHooks } from './wire.js';

/** Magnitudes of a blob in float32, in bins of its calibrated threshold. */
export interface BlobRange {
  readonly histogram: readonly number[];
  readonly threshold: number;
  /** The largest magnitude. */
  readonly largest: number;
  readonly bits: 8 | 16;
}

/** The most images that are measured. */
const MOST_IMAGES = 4;

/** The magnitudes of every blob that has a threshold, over the first images of a source. */
export async function measureBlobs(
  { graph, entries }: { readonly graph: Graph; readonly entries: readonly ScalingEntry[] },
  source: ImageSource,
  { progress, signal }: CallHooks,
): Promise<Record<string, BlobRange>> {
  const placement = placementOf(graph, entriesByName(entries));
  const meters = comparedLayers(placement).flatMap(({ value: id, placement: kept }) => {
    if (kept.kind !== 'codes' || !(kept.grid.threshold > 0)) return [];
    const { blob, shape, layout } = placement.analysis.value(id);
    const { bits, threshold } = kept.grid;
    return [{ id, blob, bits, threshold, meter: new RangeMeter(shape, layout, threshold) }];
  });
  const runner = new Runner(await createEngine(), { ...graph, outputs: meters.map(({ id }) => id) });
  const load = openImages(source);
  const count = Math.min(MOST_IMAGES, imageCount(source));
  const pause = pauseFor(signal);
  for (let image = 0; image < count; image++) {
    await pause();
    progress(image, count, 'histograms');
    const results = runner.run(await loadInputs(load, graph.inputs, image));
    for (const { id, meter } of meters) {
      const data = results.get(id)?.data;
      if (data !== undefined) meter.add(data);
    }
  }
  return Object.fromEntries(
    meters.map(({ blob, bits, threshold, meter: { range } }) => {
      const largest = Math.max(-range.least, range.greatest);
      return [blob, { histogram: range.histogram ?? [], threshold, largest, bits }];
    }),
  );
}

import { fail, required } from '../../error.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import { type ImageSource, type LoadImage, loadInputs, openImages } from '../../images/index.js';
import { createEngine } from '../../kernels/engine.js';
import { entriesByName } from '../../placement/wanted-grids.js';
import { inOrder, type Memory, type Pool, type Task } from '../../runtime/pool.js';
import type { OverlayName, ScalingEntry } from '../../scaling/index.js';
import { type ImageBase, type LayerDistances, SensitivityProbe } from './probe.js';
import type { MeasuredImage } from './sensitivity.js';

/** What is measured, and with which images: plain data. */
export interface OpenSensitivity {
  readonly graph: Graph;
  readonly entries: readonly ScalingEntry[];
  readonly overlay: OverlayName;
  readonly source: ImageSource;
}

interface Opened {
  readonly probe: SensitivityProbe;
  readonly load: LoadImage;
  readonly inputs: readonly ValueId[];
}

/** Tasks of a sensitivity analysis, for a worker's table. */
export function sensitivityTasks(): Readonly<Record<string, Task>> {
  const opened = (memory: Memory): Opened =>
    (memory.get('sensitivity') as Opened | undefined) ??
    fail('internal', 'sensitivity', 'expected the network before an image, got an image.');
  return {
    'sensitivity.open': async (memory, { graph, entries, overlay, source }: OpenSensitivity) => {
      const probe = new SensitivityProbe(await createEngine(), graph, entriesByName(entries), overlay);
      memory.set('sensitivity', { probe, load: openImages(source), inputs: graph.inputs });
    },
    'sensitivity.image': async (memory, image: number): Promise<ImageBase> => {
      const { probe, load, inputs } = opened(memory);
      return probe.open(await loadInputs(load, inputs, image));
    },
    'sensitivity.layer': (memory, layer: number): LayerDistances => opened(memory).probe.measure(layer),
  };
}

/** Results of one image; layers that are not measured yet are absent. */
export interface ImageSensitivity {
  base: ImageBase | null;
  readonly layers: (LayerDistances | null)[];
}

/**
 * Measures the layers of images in an open pool that `images` does not hold yet, and puts them there. Member `i mod size` takes
 * layer i of every image. `done` is called after each.
 */
export async function measureSensitivity(
  pool: Pool,
  opened: OpenSensitivity,
  images: readonly ImageSensitivity[],
  done: () => Promise<void> | void,
): Promise<void> {
  await pool.all('sensitivity.open', () => opened);
  for (const [image, result] of images.entries()) {
    const missing = result.layers.flatMap((layer, index) => (layer === null ? [index] : []));
    if (missing.length === 0 && result.base !== null) continue;
    const [base = null] = await pool.all<ImageBase>('sensitivity.image', () => image);
    result.base = base;
    await inOrder(missing.length, async (index) => {
      const layer = missing[index] ?? 0;
      result.layers[layer] = await pool.one<LayerDistances>(index % pool.size, 'sensitivity.layer', layer);
      await done();
    });
  }
}

/** The images as they are when every layer is measured. */
export function measuredImages(images: readonly ImageSensitivity[]): MeasuredImage[] {
  return images.map(({ base, layers }, image) => ({
    base: required(base ?? undefined, 'sensitivity', `image ${image} to be measured`),
    layers: layers.map((layer) => required(layer ?? undefined, 'sensitivity', `every layer of image ${image}`)),
  }));
}

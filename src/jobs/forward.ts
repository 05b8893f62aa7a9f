import type { Graph, ValueId } from '../graph/graph.js';
import { type ImageSource, imageCount, loadInputs, openImages } from '../images/index.js';
import { createEngine } from '../kernels/engine.js';
import { dropIdentities, dropUnused, originals } from '../optimise/index.js';
import { pauseFor } from '../runtime/pause.js';
import { Runner } from '../runtime/runner.js';
import type { Tensor } from '../tensor.js';
import type { JobHooks } from './hooks.js';
import { joinImages } from './join-images.js';

/**
 * Runs a network in float32, nothing folded. Returns each wanted value of all images, joined along the first axis.
 * Throws the errors of reading an image.
 */
export async function forward(
  graph: Graph,
  wanted: readonly ValueId[],
  source: ImageSource,
  hooks: JobHooks = {},
): Promise<Map<ValueId, Tensor>> {
  const pruned = dropIdentities(dropUnused({ ...graph, outputs: [...new Set(wanted)] }));
  const runner = new Runner(await createEngine(), pruned);
  const load = openImages(source);
  const pause = pauseFor(hooks.signal);
  const count = imageCount(source);
  const kept = originals(graph, wanted);
  const parts: Tensor[][] = wanted.map(() => []);
  for (let image = 0; image < count; image++) {
    hooks.progress?.(image, count, 'forward');
    runner.feed(await loadInputs(load, graph.inputs, image));
    for (const node of pruned.nodes.keys()) {
      await pause();
      runner.runNode(node);
    }
    const values = runner.outputs();
    for (const [i, original] of kept.entries()) {
      const value = values.get(original);
      if (value !== undefined) parts[i]?.push(value);
    }
  }
  return new Map(wanted.map((id, i) => [id, joinImages(parts[i] ?? [])]));
}

import type { Graph, ValueId } from '../graph/graph.js';
import { type ImageSource, imageCount, loadInputs, openImages } from '../images/index.js';
import { createEngine } from '../kernels/engine.js';
import { dropIdentities, dropUnused, originals } from '../optimise/index.js';
import { pauseFor } from '../runtime/pause.js';
import { Runner } from '../runtime/runner.js';
import type { Tensor } from '../tensor.js';
import type { JobHooks } from './hooks.js';
import { JoinedImages } from './joined-images.js';
import { expectMemory, plannedRun, resultBytes } from './planned-memory.js';

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
  const count = imageCount(source);
  const results = resultBytes(graph, wanted, { images: count });
  const held = { imported: graph, graph: pruned };
  await expectMemory(
    plannedRun(held, { threads: 1, arithmetic: 'float', kept: results }),
    'Take fewer images or blobs.',
  );
  const runner = new Runner(await createEngine(), pruned);
  const load = openImages(source);
  const pause = pauseFor(hooks.signal);
  const kept = originals(graph, wanted);
  const joined = wanted.map(() => new JoinedImages<Float32Array>(count));
  for (let image = 0; image < count; image++) {
    hooks.progress?.(image, count, 'forward');
    runner.feed(await loadInputs(load, graph.inputs, image));
    for (const node of pruned.nodes.keys()) {
      await pause();
      runner.runNode(node);
    }
    for (const [i, original] of kept.entries()) joined[i]?.add(runner.view(original));
  }
  return new Map(joined.map(({ tensor }, i) => [wanted[i] ?? -1, tensor]));
}

import { type EmulatedValue, Emulator } from '../emulator/emulator.js';
import { fail } from '../error.js';
import { expectFiniteInputs } from '../graph/expect-finite.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { type ImageSource, imageCount, loadInputs, openImages } from '../images/index.js';
import { createEngine } from '../kernels/engine.js';
import { originals } from '../optimise/index.js';
import { pauseFor } from '../runtime/pause.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { graphOfScalingFile } from '../scaling-file/graph-of-scaling-file.js';
import type { JobHooks } from './hooks.js';

/** A network, as it was imported, with the scaling file and the overlay that it runs on. */
export interface EmulatedNetwork {
  readonly graph: Graph;
  readonly entries: readonly ScalingEntry[];
  readonly overlay: OverlayName;
}

/**
 * A test of values of an imported network: true for those that the overlay computes, false for those that are folded
 * into a neighbour or that no output needs.
 */
export function emulatedValues(graph: Graph, entries: readonly ScalingEntry[]): (id: ValueId) => boolean {
  const written = new Set(graphOfScalingFile(graph, entries).nodes.flatMap(({ outputs }) => outputs));
  const all = originals(
    graph,
    graph.values.map(({ id }) => id),
  );
  return (id) => written.has(all[id] ?? id);
}

/** Runs images. `visit` is called once with each wanted value of each image. */
export type Emulation = (
  source: ImageSource,
  visit: (image: number, id: ValueId, value: EmulatedValue) => void,
  hooks?: JobHooks,
) => Promise<void>;

/**
 * An imported network on the emulated overlay, which runs image after image; none is read before it is called. Throws `usage`
 * for a wanted value that the overlay does not compute, `data` for entries that do not fit the network.
 */
export async function openEmulation(network: EmulatedNetwork, wanted: readonly ValueId[]): Promise<Emulation> {
  const { graph, entries } = network;
  const isComputed = emulatedValues(graph, entries);
  const folded = wanted.find((id) => !isComputed(id));
  if (folded !== undefined) notComputed(graph, folded);
  const distinct = [...new Set(wanted)];
  const kept = originals(graph, distinct);
  const emulator = await openEmulator(network, kept);
  return async (source, visit, hooks = {}) => {
    const load = openImages(source);
    const pause = pauseFor(hooks.signal);
    const count = imageCount(source);
    for (let image = 0; image < count; image++) {
      hooks.progress?.(image, count, 'emulate');
      const feeds = await loadInputs(load, graph.inputs, image);
      expectFiniteInputs(graph, feeds, image);
      const visitKept = emulator.visiting(new Set(kept), (original, value) => {
        for (const [i, id] of distinct.entries()) if (kept[i] === original) visit(image, id, value);
      });
      await emulator.runInTurns(feeds, visitKept, pause);
    }
  };
}

async function openEmulator(
  { graph, entries, overlay }: EmulatedNetwork,
  wanted: readonly ValueId[],
): Promise<Emulator> {
  const matching = graphOfScalingFile(graph, entries);
  const outputs = [...new Set([...matching.outputs, ...wanted])];
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return new Emulator(await createEngine(), { ...matching, outputs }, byName, overlay);
}

function notComputed(graph: Graph, id: ValueId): never {
  return fail(
    'usage',
    `blob "${graph.values[id]?.blob}"`,
    'expected a value that the overlay computes; this one is folded into a neighbour or not needed for the outputs.',
    'Ask for the value after the batch norm.',
  );
}

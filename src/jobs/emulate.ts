import { type EmulatedValue, Emulator } from '../emulator/emulator.js';
import { fail } from '../error.js';
import { expectFiniteInputs } from '../graph/expect-finite.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { type ImageSource, imageCount, loadInputs, openImages } from '../images/index.js';
import { createEngine } from '../kernels/engine.js';
import { originals } from '../optimise/index.js';
import { pauseFor } from '../runtime/pause.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import type { JobHooks } from './hooks.js';
import { expectMemory, plannedRun, resultBytes } from './planned-memory.js';

/** A network with the scaling file and the overlay that it runs on. */
export interface EmulatedNetwork {
  /** As it was imported. */
  readonly graph: Graph;
  /** As the scaling file has it: `fittingGraph`. */
  readonly calibrated: Graph;
  readonly entries: readonly ScalingEntry[];
  readonly overlay: OverlayName;
}

/**
 * A test of values of an imported network: true for those that the overlay computes, false for those that are folded
 * into a neighbour or that no output needs.
 */
export function emulatedValues({
  graph,
  calibrated,
}: Pick<EmulatedNetwork, 'graph' | 'calibrated'>): (id: ValueId) => boolean {
  const written = new Set(calibrated.nodes.flatMap(({ outputs }) => outputs));
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
 * An imported network on the emulated overlay, which runs image after image; no weights are packed and no image is read before it
 * is called. Throws `usage` for a wanted value that the overlay does not compute; a call throws `data` where its memory is more
 * than the machine's.
 */
export function openEmulation(network: EmulatedNetwork, wanted: readonly ValueId[]): Emulation {
  const { graph } = network;
  const isComputed = emulatedValues(network);
  const folded = wanted.find((id) => !isComputed(id));
  if (folded !== undefined) notComputed(graph, folded, isComputed);
  const distinct = [...new Set(wanted)];
  const kept = originals(graph, distinct);
  return async (source, visit, hooks = {}) => {
    const count = imageCount(source);
    await expectEmulationMemory(network, distinct, count);
    const emulator = await openEmulator(network, kept);
    const load = openImages(source);
    const pause = pauseFor(hooks.signal);
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

async function expectEmulationMemory(
  { graph, calibrated, entries }: EmulatedNetwork,
  wanted: readonly ValueId[],
  images: number,
): Promise<void> {
  const bytes = entries.some(({ bw_layer_in: bits }) => bits > 8) ? 2 : 1;
  const kept = resultBytes(graph, wanted, { images, bytes });
  const planned = plannedRun({ imported: graph, graph: calibrated }, { threads: 1, arithmetic: 'overlay', kept });
  await expectMemory(planned, 'Take fewer images or blobs.');
}

async function openEmulator(
  { calibrated, entries, overlay }: EmulatedNetwork,
  wanted: readonly ValueId[],
): Promise<Emulator> {
  const outputs = [...new Set([...calibrated.outputs, ...wanted])];
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return new Emulator(await createEngine(), { ...calibrated, outputs }, byName, overlay);
}

function notComputed(graph: Graph, id: ValueId, isComputed: (id: ValueId) => boolean): never {
  const instead = nextComputed(graph, id, isComputed);
  return fail(
    'usage',
    `blob "${graph.values[id]?.blob}"`,
    'expected a value that the overlay computes; this one is folded into a neighbour or not needed for the outputs.',
    instead === undefined ? 'xfdnn inspect lists the layers.' : `Ask for "${instead}", which it is folded into.`,
  );
}

/** The name of the first value behind another that is computed. */
function nextComputed(graph: Graph, id: ValueId, isComputed: (id: ValueId) => boolean): string | undefined {
  const next = graph.nodes.find(({ inputs }) => inputs.includes(id))?.outputs[0];
  if (next === undefined) return undefined;
  if (!isComputed(next)) return nextComputed(graph, next, isComputed);
  return Object.keys(graph.names).find((name) => graph.names[name] === next);
}

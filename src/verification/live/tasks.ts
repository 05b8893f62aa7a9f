import type { EmulatedValue } from '../../emulator/emulator.js';
import { fail } from '../../error.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import { type ImageSource, type LoadImage, loadInputs, openImages } from '../../images/index.js';
import type { Engine } from '../../kernels/engine.js';
import { giveBackEngine, takeEngine } from '../../runtime/idle-engine.js';
import type { Memory, Task } from '../../runtime/pool.js';
import type { OverlayChoice, ScalingEntry } from '../../scaling/index.js';
import { LiveImages, type LiveStep } from './live-images.js';

/** The network, and where its images come from: plain data. */
export interface OpenLive {
  readonly graph: Graph;
  readonly source: ImageSource;
}

/** How the entries differ from those that the members have. */
export interface EntriesChange {
  /** Entries that are new or other. */
  readonly changed: readonly ScalingEntry[];
  /** Names of entries that are no more. */
  readonly removed: readonly string[];
  readonly overlay: OverlayChoice;
}

/** What a member computed in its time. */
export interface LiveWork {
  readonly steps: readonly LiveStep[];
  /** Whether nothing of the member's images is out of date. */
  readonly isDone: boolean;
}

interface Opened {
  readonly engine: Engine;
  readonly images: LiveImages;
  readonly entries: ReadonlyMap<string, ScalingEntry>;
  readonly load: LoadImage;
  readonly inputs: readonly ValueId[];
}

/** Tasks of a live emulation, for a worker's table. */
export function liveTasks(): Readonly<Record<string, Task>> {
  const opened = (memory: Memory): Opened =>
    (memory.get('live') as Opened | undefined) ?? fail('internal', 'live', 'expected the network first, got none.');
  return {
    'live.open': async (memory, { graph, source }: OpenLive) => {
      const engine = await takeEngine();
      const images = new LiveImages(engine, graph);
      const state: Opened = { engine, images, entries: new Map(), load: openImages(source), inputs: graph.inputs };
      memory.set('live', state);
    },
    'live.image': async (memory, image: number) => {
      const { images, load, inputs } = opened(memory);
      images.add(image, await loadInputs(load, inputs, image));
    },
    'live.set': (memory, { changed, removed, overlay }: EntriesChange) => {
      const state = opened(memory);
      const entries = new Map(state.entries);
      for (const name of removed) entries.delete(name);
      for (const entry of changed) entries.set(entry.name, entry);
      state.images.set(entries, overlay);
      memory.set('live', { ...state, entries });
    },
    'live.work': (memory, milliseconds: number): LiveWork => {
      const { images } = opened(memory);
      const end = Date.now() + milliseconds;
      const steps: LiveStep[] = [];
      for (;;) {
        const step = images.step();
        if (step === null) return { steps, isDone: true };
        steps.push(step);
        if (Date.now() >= end) return { steps, isDone: false };
      }
    },
    'live.value': (memory, { image, id }: { image: number; id: ValueId }): EmulatedValue | undefined =>
      opened(memory).images.value(image, id),
    'live.close': (memory) => {
      giveBackEngine(opened(memory).engine);
      memory.delete('live');
    },
  };
}

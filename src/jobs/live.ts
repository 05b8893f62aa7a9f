import type { EmulatedValue } from '../emulator/emulator.js';
import { fail } from '../error.js';
import { withFloatLayers } from '../graph/float-layers.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { matchNames } from '../graph/layer-names.js';
import { type ImageSource, imageCount } from '../images/index.js';
import { type Placement, placementOf, type ValuePlacement } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import { Abortable } from '../runtime/abortable.js';
import { inOrder, type Pool } from '../runtime/pool.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import {
  type EntryEdit,
  type WeightThresholds,
  weightThresholdEdits,
  withEdits,
} from '../scaling-file/edit-entries.js';
import { fittingOverlay } from '../scaling-file/fitting-overlay.js';
import { thresholdEdits } from '../scaling-file/threshold-edits.js';
import type { Tensor, TypedArray } from '../tensor.js';
import { LiveResults, type LiveUpdate } from '../verification/live/live-results.js';
import type { EntriesChange, LiveWork, OpenLive } from '../verification/live/tasks.js';
import type { JobHooks } from './hooks.js';
import type { LayerBits } from './layer-bits.js';
import { widthEdits } from './width-edits.js';
import { graphFor, openTaskPool, sourceFor, type ThreadOptions } from './worker-tasks.js';

/** Options of {@link openLive}. */
export interface LiveOptions extends ThreadOptions {
  /** Detected from the entries where absent. */
  readonly overlay?: OverlayName | undefined;
  /** The layers that run in float32 on the host, as the entries were calibrated with. */
  readonly floatLayers?: readonly string[] | undefined;
}

/** Options of one change of a {@link LiveEmulation}. */
export interface ChangeOptions {
  /**
   * Once it is aborted, the change rejects with its reason. If its turn has not come it is not made; else it stays made, and what is not
   * computed yet is computed with the next change.
   */
  readonly signal?: AbortSignal | undefined;
}

/** A value of one image on the overlay: Int8Array or Int16Array of codes with their grid, or Float32Array of the host. */
export interface LiveValue {
  readonly blob: string;
  readonly placement: ValuePlacement;
  readonly tensor: Tensor<TypedArray>;
}

/**
 * A network on the emulated overlay with the activations of some images kept. Changes come one after the other, in the order of
 * the calls; each computes only what depends on it. The codes are always those of `emulate` and `verify` with {@link entries}.
 */
export interface LiveEmulation {
  /** The present entries of the scaling file. */
  readonly entries: readonly ScalingEntry[];
  readonly overlay: OverlayName;
  /** Every layer as it is, and what the network says. */
  state(): LiveUpdate;
  /**
   * Gives a blob, or the result of a layer, another threshold, in all entries that have the present one: see `thresholdEdits`.
   * Throws `usage` for an unknown name, a value without a threshold, and a threshold that is not finite and above 0.
   */
  setThreshold(name: string, threshold: number, options?: ChangeOptions): Promise<LiveUpdate>;
  /**
   * Gives layers by name, with `*` and `?`, the width of their input codes and weights; all others have the widths that most
   * entries had at the start. Thresholds stay. Throws `usage` for widths that the overlay cannot bring together.
   */
  setLayerBits(layerBits: LayerBits, options?: ChangeOptions): Promise<LiveUpdate>;
  /** Gives every layer one threshold of weights for each output channel, or one for all. */
  setWeightThresholds(shared: WeightThresholds, options?: ChangeOptions): Promise<LiveUpdate>;
  /**
   * Takes another scaling file. `overlay`: detected from the entries where absent. Throws `data` where it does not fit, `usage` for a
   * file of another overlay, `format` for a scale that the overlay does not hold.
   */
  setScaling(entries: readonly ScalingEntry[], overlay?: OverlayName, options?: ChangeOptions): Promise<LiveUpdate>;
  /** A blob or the result of a layer, of an image by its number. Throws `usage` for one that the overlay does not compute. */
  value(name: string, image: number): Promise<LiveValue>;
  /** Ends the workers and frees the memory. Every later call throws `usage`. */
  close(): Promise<void>;
}

/**
 * Opens a network, as it was calibrated, with the entries of a scaling file and some images, and computes them in float32 and
 * on the emulated overlay. Throws `data` where an entry is missing or does not fit, and the errors of reading an image.
 */
export async function openLive(
  calibrated: Graph,
  entries: readonly ScalingEntry[],
  source: ImageSource,
  options: LiveOptions = {},
  hooks: JobHooks = {},
): Promise<LiveEmulation> {
  const graph = withFloatLayers(calibrated, options.floatLayers);
  const count = imageCount(source);
  if (!(count > 0)) fail('data', 'live', 'expected at least one image, got none.', 'Pass images.');
  const pool = await openTaskPool(options, count);
  try {
    const live = new Live(pool, graphFor(pool, graph), count, hooks);
    await live.open(source);
    await live.setScaling(entries, options.overlay, { signal: hooks.signal });
    return live;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** A member computes for so long before it answers, in milliseconds, or one layer if that takes longer. */
const TURN = 20;

class Live implements LiveEmulation {
  entries: readonly ScalingEntry[] = [];
  overlay: OverlayName = 'v2';
  private readonly results: LiveResults;
  private placement: Placement | null = null;
  private isClosed = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly graph: Graph,
    private readonly count: number,
    private readonly hooks: JobHooks,
  ) {
    this.results = new LiveResults(count);
  }

  async open(source: ImageSource): Promise<void> {
    const { pool, graph, count, hooks } = this;
    const opened: OpenLive = { graph, source: sourceFor(pool, source) };
    await pool.all('live.open', () => opened);
    let read = 0;
    await inOrder(count, async (image) => {
      await pool.one(image % pool.size, 'live.image', image);
      hooks.signal?.throwIfAborted();
      hooks.progress?.(++read, count, 'images');
    });
  }

  state(): LiveUpdate {
    this.expectOpen();
    return this.results.all(this.placed());
  }

  setThreshold(name: string, threshold: number, options: ChangeOptions = {}): Promise<LiveUpdate> {
    return this.edit(options, () => {
      if (!(threshold > 0 && Math.fround(threshold) < Infinity))
        fail('usage', `threshold of "${name}"`, `expected a finite number above 0, got ${threshold}.`);
      const id = this.find(name);
      if (this.placed().enteringGrid(id) === undefined)
        fail('usage', `"${name}"`, 'expected a value with a threshold, got one that stays float32 on the host.');
      return thresholdEdits(this.entries, this.graph, id, threshold);
    });
  }

  setLayerBits(layerBits: LayerBits, options: ChangeOptions = {}): Promise<LiveUpdate> {
    return this.edit(options, () => widthEdits(this.entries, this.graph, layerBits, this.overlay));
  }

  setWeightThresholds(shared: WeightThresholds, options: ChangeOptions = {}): Promise<LiveUpdate> {
    return this.edit(options, () => weightThresholdEdits(this.entries, this.graph, shared));
  }

  setScaling(
    entries: readonly ScalingEntry[],
    overlay?: OverlayName,
    { signal }: ChangeOptions = {},
  ): Promise<LiveUpdate> {
    return this.inTurn(async () => this.change(entries, fittingOverlay(entries, overlay, 'entries'), signal), signal);
  }

  value(name: string, image: number): Promise<LiveValue> {
    return this.inTurn(async () => {
      if (!Number.isInteger(image) || image < 0 || image >= this.count)
        fail('usage', 'image', `expected a number from 0 to ${this.count - 1}, got ${image}.`);
      const id = this.computed(this.find(name));
      const value = await this.pool.one<EmulatedValue | undefined>(image % this.pool.size, 'live.value', { image, id });
      const { placement, tensor } = value ?? fail('internal', 'live', `expected value ${id}, got none.`);
      return { blob: this.placed().analysis.value(id).blob, placement, tensor };
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.last;
    await this.pool.all('live.close', () => null);
    await this.pool.close();
  }

  private edit({ signal }: ChangeOptions, edits: () => ReadonlyMap<string, EntryEdit>): Promise<LiveUpdate> {
    return this.inTurn(() => {
      const entries = withEdits(this.entries, this.graph, edits(), this.overlay);
      return this.change(entries, this.overlay, signal);
    }, signal);
  }

  /** One call after the other; a call that fails does not keep others from their turn. */
  private async inTurn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.expectOpen();
    const result = this.last.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    this.last = result.catch(() => undefined);
    if (signal === undefined) return result;
    const abortable = new Abortable(signal);
    return abortable.until(result).finally(() => abortable.end());
  }

  private async change(
    entries: readonly ScalingEntry[],
    overlay: OverlayName,
    signal: AbortSignal | undefined,
  ): Promise<LiveUpdate> {
    const placement = placementOf(this.graph, entriesByName(entries));
    const change = changeOf(this.entries, entries);
    await this.pool.all('live.set', (): EntriesChange => ({ ...change, overlay }));
    [this.entries, this.overlay, this.placement] = [change.entries, overlay, placement];
    await Promise.all(Array.from({ length: this.pool.size }, (_, member) => this.work(member, signal)));
    return this.results.takeUpdate(placement);
  }

  /** One turn after the other, so that a signal is heard between them. */
  private async work(member: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const { steps, isDone } = await this.pool.one<LiveWork>(member, 'live.work', TURN);
      this.results.add(steps);
      if (isDone) return;
    }
  }

  private expectOpen(): void {
    if (this.isClosed)
      fail('usage', 'live', 'expected an emulation that is open, got one after close().', 'Call openLive again.');
  }

  private placed(): Placement {
    return this.placement ?? fail('internal', 'live', 'expected entries, got none.');
  }

  /** The value of a blob, or of a layer's result. */
  private find(name: string): ValueId {
    const { names, nodes } = this.graph;
    // A layer whose own result was folded into a neighbour has kept its name alone.
    const id = Object.hasOwn(names, name) ? names[name] : nodes.find((node) => node.name === name)?.outputs[0];
    if (id !== undefined) return id;
    matchNames('blob', [name], [...new Set([...Object.keys(names), ...nodes.map((node) => node.name)])]);
    return fail('usage', 'blob', `expected the name of one blob or layer, got "${name}".`);
  }

  /** A value, or that of the activation that is computed with its layer where only that is stored. */
  private computed(id: ValueId): ValueId {
    const placement = this.placed();
    if (placement.isComputed(id)) return id;
    const [target] = placement.targetsOf(placement.analysis.writerOf(id));
    return target?.value ?? fail('internal', 'live', `expected value ${id} to be computed, got none.`);
  }
}

/** Entries that equal those before are the old objects, so that what follows from them stays. */
function changeOf(before: readonly ScalingEntry[], after: readonly ScalingEntry[]) {
  const old = entriesByName(before);
  const entries = after.map((entry) => {
    const known = old.get(entry.name);
    return known !== undefined && (known === entry || JSON.stringify(known) === JSON.stringify(entry)) ? known : entry;
  });
  const names = new Set(after.map(({ name }) => name));
  return {
    entries,
    changed: entries.filter((entry) => old.get(entry.name) !== entry),
    removed: [...old.keys()].filter((name) => !names.has(name)),
  };
}

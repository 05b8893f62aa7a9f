import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { required } from '../error.js';
import { sameGrid } from '../fixed/grid.js';
import type { Graph, ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import type { Heap } from '../kernels/heap.js';
import { KeptWeightCodes } from '../overlay/kept-weight-codes.js';
import { type Placement, placementOf, type ValuePlacement } from '../placement/placement.js';
import type { Entries } from '../placement/wanted-grids.js';
import { type Overlay, type OverlayChoice, overlayOf, type ScalingEntry } from '../scaling/index.js';
import type { EmulatedValue } from './emulator.js';
import { EmulationMemory, newRun, type Run } from './memory.js';
import { type LayerClips, SingleLayer } from './single-layer.js';

/** What a layer's arithmetic follows from, beside the network. */
interface LayerSetting {
  readonly overlay: Overlay;
  readonly entry: ScalingEntry | undefined;
  /** Where its operands and results are kept, as text. */
  readonly places: string;
}

/** A layer as it is set; prepared when it first runs. */
interface SetLayer {
  readonly setting: LayerSetting;
  readonly prepared: SingleLayer;
}

/** An image with what is computed of it. */
interface ImageState {
  readonly feeds: readonly Float32Array[];
  readonly run: Run;
  /** How the values of the run are kept. */
  readonly places: Map<ValueId, ValuePlacement>;
  /** Indices of the layers whose results are out of date. */
  readonly stale: Set<number>;
}

/** An address and how the value is kept there. */
type StoredValue = readonly [address: number, place: ValuePlacement | undefined];

/** A layer that was computed. */
export interface ComputedLayer {
  readonly node: number;
  readonly clips: LayerClips;
  /** The values that differ from what they were, in codes or in what a code stands for. */
  readonly changed: readonly ValueId[];
}

/**
 * Images on the emulated overlay whose codes are kept: after a change of the entries only the layers run again whose
 * arithmetic differs, and those that read what has changed. The codes are those that `Emulator` computes. One per engine.
 */
export class IncrementalEmulator {
  private readonly images: ImageState[] = [];
  private layers: (SetLayer | null)[] = [];
  private current: Placement | null = null;
  /** Of layers that were prepared more than once: a network whose thresholds stay keeps none. */
  private readonly weightCodes = new KeptWeightCodes();

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
  ) {}

  /** Where everything is kept with the present entries. */
  get placement(): Placement {
    return required(this.current ?? undefined, 'emulator', 'entries');
  }

  /** Keeps one more image, of which nothing is computed yet. `feeds`: float32 data of the graph's inputs. */
  add(feeds: readonly Float32Array[]): void {
    this.images.push({ feeds, run: newRun(true), places: new Map(), stale: new Set(this.graph.nodes.keys()) });
  }

  /**
   * Takes other entries. What is computed is out of date where they change a layer's arithmetic. Entries that are the same objects
   * as before count as equal. Throws `data` where an entry is missing or does not fit, and keeps the old ones.
   */
  set(entries: Entries, overlay: OverlayChoice): void {
    const placement = placementOf(this.graph, entries);
    const made: SingleLayer[] = [];
    try {
      const layers = this.graph.nodes.map((_, index) => this.setLayer(placement, overlayOf(overlay), index, made));
      for (const [index, layer] of layers.entries()) {
        const old = this.layers[index] ?? null;
        if (old === layer) continue;
        old?.prepared.free();
        for (const { stale } of this.images) stale.add(index);
      }
      this.layers = layers;
      this.current = placement;
    } catch (error) {
      for (const layer of made) layer.free();
      throw error;
    }
  }

  /**
   * Computes a layer of an image if it is out of date; null: it is not, or it is an activation that its layer computes. The layers
   * before it must be up to date.
   */
  step(image: number, index: number): ComputedLayer | null {
    const state = this.image(image);
    const layer = this.layers[index] ?? null;
    return state.stale.delete(index) && layer !== null ? this.compute(state, index, layer.prepared) : null;
  }

  /**
   * A value of an image that is up to date, seen where it is stored: valid until the next step. Undefined where none is stored, as
   * between a layer and its activation.
   */
  view(image: number, id: ValueId): EmulatedValue | undefined {
    const { run, places } = this.image(image);
    const [placement, address] = [places.get(id), run.addresses.get(id)];
    if (placement === undefined || address === undefined || !this.placement.isComputed(id)) return undefined;
    return { placement, tensor: this.memory.view(id, address, placement) };
  }

  private image(image: number): ImageState {
    return required(this.images[image], 'emulator', `image ${image}`);
  }

  /** A layer as it is to be; the present one where nothing differs. Null for an activation that its layer computes. */
  private setLayer(placement: Placement, overlay: Overlay, index: number, made: SingleLayer[]): SetLayer | null {
    if (placement.accumulatingLayer(index) !== null) return null;
    const setting = { overlay, entry: placement.entryOf(index), places: placesOf(placement, index) };
    const old = this.layers[index] ?? null;
    if (old !== null && sameSetting(old.setting, setting)) return old;
    const weightCodes = this.current === null ? undefined : this.weightCodes.of;
    const prepared = new SingleLayer(this.engine, { placement, overlay, weightCodes }, index);
    made.push(prepared);
    return { setting, prepared };
  }

  private compute(state: ImageState, node: number, layer: SingleLayer): ComputedLayer {
    const { run, places } = state;
    const before = this.resultsOf(node).map((id) => [id, run.addresses.get(id)] as const);
    const clips = this.run(state, node, layer);
    const changed: ValueId[] = [];
    for (const [id, old] of before) {
      const address = run.addresses.get(id);
      if (address === undefined || address === old) continue;
      const place = this.placement.value(id);
      const isSame = old !== undefined && this.isSame(id, [old, places.get(id)], [address, place]);
      places.set(id, place);
      if (old !== undefined) this.engine.heap.free(old);
      if (isSame) continue;
      changed.push(id);
      for (const reader of this.analysis.readersOf(id)) state.stale.add(reader);
    }
    return { node, clips, changed };
  }

  /** The values that a layer may store: its own, and those of the activations behind it. */
  private resultsOf(index: number): ValueId[] {
    const targets = this.placement.targetsOf(index).map(({ value }) => value);
    return [...new Set([...this.analysis.node(index).outputs, ...targets])];
  }

  private run({ feeds, run }: ImageState, index: number, layer: SingleLayer): LayerClips {
    const input = this.graph.inputs.indexOf(this.analysis.output(index));
    return input < 0
      ? layer.run(run)
      : layer.feed(run, this.analysis.output(index), required(feeds[input], 'emulator', `input ${input}`));
  }

  /** Whether two copies of a value have the same bits and these stand for the same numbers. */
  private isSame(id: ValueId, [a, before]: StoredValue, [b, after]: StoredValue): boolean {
    if (before === undefined || after === undefined || !samePlace(before, after)) return false;
    const { byteLength } = this.memory.view(id, b, after).data;
    return sameBytes(this.engine.heap, a, b, byteLength);
  }

  private get memory(): EmulationMemory {
    return new EmulationMemory(this.engine, this.placement);
  }

  private get analysis(): AnalysedGraph {
    return this.placement.analysis;
  }
}

/** Where the operands of a layer are kept, on which grid they come to it, and where the values are kept that it computes. */
function placesOf(placement: Placement, index: number): string {
  const { inputs, outputs } = placement.analysis.node(index);
  const operands = inputs.map((id) => [placement.value(id), placement.enteringGrid(id)]);
  const targets = placement.targetsOf(index).map((target) => [target, placement.value(target.value)]);
  return JSON.stringify([operands, outputs.map((id) => placement.value(id)), targets]);
}

function sameSetting(a: LayerSetting, b: LayerSetting): boolean {
  return a.overlay === b.overlay && a.entry === b.entry && a.places === b.places;
}

function samePlace(a: ValuePlacement, b: ValuePlacement): boolean {
  if (a.kind !== b.kind || a.grid === null || b.grid === null) return a.kind === b.kind && a.grid === b.grid;
  return sameGrid(a.grid, b.grid);
}

/** Compares words of four bytes, then the rest. Addresses are multiples of 64. */
function sameBytes(heap: Heap, a: number, b: number, bytes: number): boolean {
  const words = bytes >> 2;
  const [aWords, bWords] = [heap.i32(a, words), heap.i32(b, words)];
  for (let i = 0; i < words; i++) if (aWords[i] !== bWords[i]) return false;
  const [aBytes, bBytes] = [heap.i8(a, bytes), heap.i8(b, bytes)];
  for (let i = words << 2; i < bytes; i++) if (aBytes[i] !== bBytes[i]) return false;
  return true;
}

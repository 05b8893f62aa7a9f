import type { Graph, ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { type Placement, placementOf, type ValuePlacement } from '../placement/placement.js';
import type { Entries } from '../placement/wanted-grids.js';
import type { Pause } from '../runtime/pause.js';
import { type OverlayChoice, overlayOf } from '../scaling/index.js';
import type { Tensor, TypedArray } from '../tensor.js';
import type { Action, EmulationContext } from './context.js';
import { Counters } from './counters.js';
import { feed } from './feed.js';
import { prepareLayer } from './layers/index.js';
import { EmulationMemory, newRun, type Run } from './memory.js';
import { Operands } from './operands.js';

/** A value of an emulated run: codes (Int8Array or Int16Array) with their grid, or float32 of the host. */
export interface EmulatedValue {
  readonly placement: ValuePlacement;
  readonly tensor: Tensor<TypedArray>;
}

/** Called behind each node with its index and the image's values. */
type AfterNode = (index: number, run: Run) => void;

/**
 * The overlay, bit for bit (`docs/spec/overlay.md`): runs a network with the entries of a scaling file entirely in integers
 * from the quantized input to the last overlay layer, and its host layers in float32. Weights are packed and multipliers
 * laid out once; then any number of images. Throws `data` where an entry is missing or does not fit.
 */
export class Emulator {
  readonly placement: Placement;
  readonly counters: Counters | null;
  private readonly actions: readonly Action[];
  private readonly memory: EmulationMemory;
  private readonly context: EmulationContext;

  constructor(
    engine: Engine,
    private readonly graph: Graph,
    entries: Entries,
    overlay: OverlayChoice,
    options: { count?: boolean } = {},
  ) {
    this.placement = placementOf(graph, entries);
    this.counters = options.count === true ? new Counters() : null;
    this.memory = new EmulationMemory(engine, this.placement);
    const { placement, counters, memory } = this;
    const operands = new Operands(memory, overlayOf(overlay));
    this.context = { placement, overlay: overlayOf(overlay), counters, memory, operands };
    this.actions = graph.nodes.map((_, index) => prepareLayer(this.context, index));
  }

  /**
   * Runs one image. `feeds`: float32 data of the graph's inputs. `visit` is called with each value of `wanted` when it is
   * computed; its tensor is a copy.
   */
  run(
    feeds: readonly Float32Array[],
    wanted: ReadonlySet<ValueId>,
    visit: (id: ValueId, value: EmulatedValue) => void,
  ): void {
    this.runLayers(feeds, this.visiting(wanted, visit));
  }

  /**
   * Runs one image without copies. `after` is called behind each node, while its results and what it read are in the memory of
   * the engine.
   */
  runLayers(feeds: readonly Float32Array[], after: AfterNode): void {
    const nodes = this.walk(feeds, after);
    while (nodes.next().done !== true);
  }

  /** {@link runLayers} with `pause` behind each node. */
  async runInTurns(feeds: readonly Float32Array[], after: AfterNode, pause: Pause): Promise<void> {
    const nodes = this.walk(feeds, after);
    while (nodes.next().done !== true) await pause();
  }

  /** Calls with a copy of each value of `wanted` behind the node that computes it. */
  visiting(wanted: ReadonlySet<ValueId>, visit: (id: ValueId, value: EmulatedValue) => void): AfterNode {
    return (index, run) => {
      for (const id of this.placement.analysis.node(index).outputs) if (wanted.has(id)) visit(id, this.copy(run, id));
    };
  }

  private *walk(feeds: readonly Float32Array[], after: AfterNode): Generator<undefined> {
    const run = newRun(true);
    const remaining = this.placement.analysis.readers.map((readers) => readers.length);
    for (const [index, id] of this.graph.inputs.entries()) feed(this.context, run, id, feeds[index]);
    for (const [index, action] of this.actions.entries()) {
      action(run);
      this.memory.freeTemporary(run);
      after(index, run);
      const { inputs, outputs } = this.placement.analysis.node(index);
      const read = new Set(inputs);
      for (const id of read) remaining[id]!--;
      for (const id of new Set([...read, ...outputs])) if (remaining[id] === 0) this.memory.release(run, id);
      yield;
    }
  }

  /**
   * Runs one layer alone, with the activations that are computed with it; nothing is counted. `inputs`: elements of its inputs,
   * in codes or float32 as the {@link placement} says. Results by value.
   */
  runNode(index: number, inputs: readonly TypedArray[]): Map<ValueId, EmulatedValue> {
    const { memory } = this;
    const given = newRun(false);
    for (const [i, id] of this.placement.analysis.node(index).inputs.entries()) {
      if (given.addresses.has(id)) continue;
      memory.view(id, memory.allocate(given, id)).data.set(inputs[i] ?? []);
    }
    const results = this.runNodeAt(index, given.addresses);
    const copies = new Map([...results.addresses.keys()].map((id) => [id, this.copy(results, id)]));
    for (const run of [given, results]) this.memory.releaseAll(run);
    return copies;
  }

  /**
   * {@link runNode} on inputs in the memory of the engine. The results are in the addresses of the run that comes back, whose
   * memory is the caller's to free.
   */
  runNodeAt(index: number, inputs: ReadonlyMap<ValueId, number>): Run {
    const run = newRun(false, inputs);
    this.actions[index]?.(run);
    this.memory.freeTemporary(run);
    for (const id of inputs.keys()) run.addresses.delete(id);
    return run;
  }

  /** Frees the memory. */
  free(): void {
    this.memory.freeOwned();
  }

  private copy(run: Run, id: ValueId): EmulatedValue {
    return { placement: this.placement.value(id), tensor: this.memory.copy(run, id) };
  }
}

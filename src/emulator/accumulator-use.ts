import type { Graph } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { sumBytes } from '../kernels/epilogue.js';
import { PreparedLowering } from '../kernels/prepared.js';
import type { Accumulation } from '../ops/op.js';
import type { Placement } from '../placement/placement.js';
import type { Entries } from '../placement/wanted-grids.js';
import { gridsOf, type OverlayChoice, overlayOf } from '../scaling/index.js';
import { Emulator } from './emulator.js';
import { accumulationOf } from './layers/weighted.js';
import { EmulationMemory, type Run } from './memory.js';
import { type Operand, Operands } from './operands.js';

/** A layer with an accumulator: its sums, and the codes that they are of. */
interface SummedLayer {
  readonly accumulation: () => Accumulation;
  readonly input: Operand;
  /** Number of sums of an image. */
  readonly count: number;
}

/** Measures the largest magnitudes in the accumulators of weighted layers, exactly, image by image. One per engine. */
export class AccumulatorMeter {
  /** Of each layer by the index of its node, over the images so far. */
  readonly largest = new Map<number, number>();
  private readonly emulator: Emulator;
  private readonly memory: EmulationMemory;
  private readonly layers: ReadonlyMap<number, SummedLayer>;

  /** `graph` as it is calibrated. Throws `data` for entries that do not fit it. */
  constructor(
    private readonly engine: Engine,
    graph: Graph,
    entries: Entries,
    overlay: OverlayChoice,
  ) {
    this.emulator = new Emulator(engine, graph, entries, overlay);
    const { placement } = this.emulator;
    this.memory = new EmulationMemory(engine, placement);
    const operands = new Operands(this.memory, overlayOf(overlay));
    this.layers = new Map(
      graph.nodes.flatMap((_, index) => {
        const layer = this.summed(placement, operands, index);
        return layer === undefined ? [] : [[index, layer] as const];
      }),
    );
  }

  /** Adds an image. `feeds`: float32 data of the graph's inputs. */
  add(feeds: readonly Float32Array[]): void {
    this.emulator.runLayers(feeds, (index, run) => {
      const layer = this.layers.get(index);
      if (layer === undefined) return;
      this.largest.set(index, Math.max(this.largest.get(index) ?? 0, this.largestSum(layer, run)));
      this.memory.freeTemporary(run);
    });
  }

  private summed(placement: Placement, operands: Operands, index: number): SummedLayer | undefined {
    const { analysis } = placement;
    const [node, rule, entry] = [analysis.node(index), analysis.rule(index), placement.entryOf(index)];
    if (rule.kind !== 'weighted' || entry === undefined) return undefined;
    const grids = gridsOf(entry);
    const layer = { node, index, rule, shapes: analysis.shapesOf(index) };
    return {
      accumulation: () => accumulationOf(layer, grids),
      input: operands.codes(analysis.input(index), grids.input),
      count: this.memory.size(analysis.output(index)),
    };
  }

  /** The weights are packed for the one run only: all layers' at once would take as much memory as the network. */
  private largestSum({ accumulation, input, count }: SummedLayer, run: Run): number {
    const { lowering, type } = accumulation();
    const { heap } = this.engine;
    const from = input(run);
    const sums = heap.alloc(count * sumBytes(type));
    const prepared = new PreparedLowering(this.engine, lowering);
    prepared.run([from], [sums]);
    let largest = 0;
    for (const sum of heap[type](sums, count)) largest = Math.max(largest, Math.abs(sum));
    prepared.free();
    heap.free(sums);
    return largest;
  }
}

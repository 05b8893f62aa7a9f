import type { ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import type { Action, EmulationContext } from './context.js';
import { Counters } from './counters.js';
import { feed } from './feed.js';
import { prepareLayer } from './layers/index.js';
import { EmulationMemory, type Run } from './memory.js';
import { Operands } from './operands.js';

/** Values clipped and sums beyond the accumulator, of one layer in one image. */
export interface LayerClips {
  /** Values that were counted: the elements of the layer's first result. */
  readonly values: number;
  /** Clipped at the output, without those that an activation cuts away; at an input: magnitudes above the threshold. */
  readonly clipped: number;
  /** Clipped before scaling. */
  readonly prescaleClipped: number;
  /** Sums beyond the overlay's accumulator. */
  readonly overflows: number;
}

/** Where nothing is counted: layers that only move codes, and those of the host. */
export const NO_CLIPS: LayerClips = { values: 0, clipped: 0, prescaleClipped: 0, overflows: 0 };

/** What a layer is prepared with. */
type LayerContext = Pick<EmulationContext, 'placement' | 'overlay' | 'weightCodes'>;

/**
 * One layer of a network on the emulated overlay, prepared by itself, with constants and counters of its own, so that it can be
 * replaced while the others stay. An input of the network is a layer, too.
 */
export class SingleLayer {
  private readonly counters = new Counters();
  private readonly context: EmulationContext;
  private readonly action: Action;

  /** Throws `data` where the layer's entry does not fit it. */
  constructor(engine: Engine, { placement, overlay, weightCodes }: LayerContext, index: number) {
    const memory = new EmulationMemory(engine, placement);
    const operands = new Operands(memory, overlay);
    this.context = { placement, overlay, counters: this.counters, memory, operands, weightCodes };
    try {
      this.action = prepareLayer(this.context, index);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Computes the layer in a run that has its operands. Results get new addresses; those that they had before are not freed. */
  run(run: Run): LayerClips {
    this.counters.clear();
    this.action(run);
    this.context.memory.freeTemporary(run);
    return this.clips();
  }

  /** Quantizes an input of the network, of which this is the layer. `data`: float32. */
  feed(run: Run, id: ValueId, data: Float32Array): LayerClips {
    this.counters.clear();
    feed(this.context, run, id, data);
    return this.clips();
  }

  /** Frees the constants. */
  free(): void {
    this.context.memory.freeOwned();
  }

  private clips(): LayerClips {
    const [input] = this.counters.inputs.values();
    if (input !== undefined) return { ...NO_CLIPS, ...input };
    const [layer] = this.counters.layers.values();
    if (layer === undefined) return NO_CLIPS;
    return {
      values: layer.values,
      clipped: total(layer.output),
      prescaleClipped: total(layer.prescale),
      overflows: total(layer.beyond),
    };
  }
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

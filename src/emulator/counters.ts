import { CHANNEL_COUNTERS } from '../kernels/overlay-epilogue.js';

/** Counts of one layer over all images so far; arrays have one element per channel. */
export interface LayerCounts {
  /** Values clipped before scaling, and values clipped at the output (without those that an activation cuts away). */
  readonly prescale: Float64Array;
  readonly output: Float64Array;
  /** Sums beyond the overlay's accumulator, where the hardware overflows. */
  readonly beyond: Float64Array;
  /** 1 where some code was not 0. */
  readonly alive: Uint8Array;
  values: number;
}

/** Counts of an emulator while it runs: clips, overflows and dead channels per layer, clips at the input. */
export class Counters {
  readonly layers = new Map<string, LayerCounts>();
  readonly inputs = new Map<string, { clipped: number; values: number }>();

  /** Forgets everything. */
  clear(): void {
    this.layers.clear();
    this.inputs.clear();
  }

  countInput(name: string, data: Float32Array, th: number): void {
    const sum = this.inputs.get(name) ?? { clipped: 0, values: 0 };
    const limit = Math.fround(th);
    for (let i = 0; i < data.length; i++) if (Math.abs(data[i]!) > limit) sum.clipped++;
    sum.values += data.length;
    this.inputs.set(name, sum);
  }

  /** Adds what an epilogue counted in one image: {@link CHANNEL_COUNTERS} of each channel, with `values` values each. */
  countLayer(name: string, seen: Int32Array, values: number): void {
    const channels = seen.length / CHANNEL_COUNTERS;
    const layer = this.layers.get(name) ?? {
      prescale: new Float64Array(channels),
      output: new Float64Array(channels),
      beyond: new Float64Array(channels),
      alive: new Uint8Array(channels),
      values: 0,
    };
    for (let channel = 0; channel < channels; channel++) {
      const at = channel * CHANNEL_COUNTERS;
      layer.prescale[channel]! += seen[at]!;
      layer.output[channel]! += seen[at + 1]!;
      layer.beyond[channel]! += seen[at + 2]!;
      layer.alive[channel]! |= seen[at + 3]!;
    }
    layer.values += channels * values;
    this.layers.set(name, layer);
  }
}

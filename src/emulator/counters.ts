/** Counts of one channel of a layer in one image. */
interface ChannelCounts {
  /** Values clipped before scaling, and values clipped at the output (without those that an activation cuts away). */
  readonly prescale: number;
  readonly output: number;
  /** Sums beyond the overlay's accumulator, where the hardware overflows. */
  readonly beyond: number;
}

/** Counts of one layer over all images so far; arrays have one element per channel. */
export interface LayerCounts {
  readonly prescale: Float64Array;
  readonly output: Float64Array;
  readonly beyond: Float64Array;
  /** 1 where some code was not 0. */
  readonly alive: Uint8Array;
  values: number;
}

/** Counts of an emulator while it runs: clips, overflows and dead channels per layer, clips at the input. */
export class Counters {
  readonly layers = new Map<string, LayerCounts>();
  readonly inputs = new Map<string, { clipped: number; values: number }>();
  /** Whether calls are ignored. */
  paused = false;

  /** `byChannel`: whether channels are told apart; else each layer counts as one, and none of its channels as dead. */
  constructor(readonly byChannel = true) {}

  /** Forgets everything. */
  clear(): void {
    this.layers.clear();
    this.inputs.clear();
  }

  countInput(name: string, data: Float32Array, th: number): void {
    const sum = this.inputs.get(name) ?? { clipped: 0, values: 0 };
    const limit = Math.fround(th);
    for (const x of data) if (Math.abs(x) > limit) sum.clipped++;
    sum.values += data.length;
    this.inputs.set(name, sum);
  }

  countRow(
    name: string,
    channels: number,
    channel: number,
    counts: ChannelCounts,
    alive: boolean,
    values: number,
  ): void {
    if (this.paused) return;
    const layer = this.layers.get(name) ?? {
      prescale: new Float64Array(channels),
      output: new Float64Array(channels),
      beyond: new Float64Array(channels),
      alive: new Uint8Array(channels),
      values: 0,
    };
    layer.prescale[channel]! += counts.prescale;
    layer.output[channel]! += counts.output;
    layer.beyond[channel]! += counts.beyond;
    if (alive) layer.alive[channel] = 1;
    layer.values += values;
    this.layers.set(name, layer);
  }
}

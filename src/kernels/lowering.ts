import type { Engine } from './engine.js';
import type { Heap } from './heap.js';

/** Where a lowered node finds its operands: byte addresses in the engine's heap. */
export interface Addresses {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly constants: number;
  readonly scratch: number;
}

/**
 * A node turned into kernel calls. Sizes are bytes, known before anything is allocated, so that a plan can
 * lay out memory; `prepare` packs weights once, `run` may be called any number of times.
 */
export interface Lowering {
  readonly constants: number;
  readonly scratch: number;
  prepare(engine: Engine, at: number): void;
  run(engine: Engine, at: Addresses): void;
}

/** `y = x < 0 ? x * slope : x` in float32, then at most `ceiling`. One slope, or one per channel; ReLU has slope 0 and gives +0. */
export interface Activation {
  readonly slopes: readonly number[];
  readonly ceiling: number;
}

/** Bytes rounded up so that what follows stays aligned to a cache line. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Slopes' address (0: none) and clamps of an activation, as the float kernels take them. */
export function finishing(slopes: number, activation?: Activation): [number, number, number] {
  if (activation === undefined) return [0, -Infinity, Infinity];
  const rectified = activation.slopes.every((slope) => slope === 0);
  return rectified ? [0, 0, activation.ceiling] : [slopes, -Infinity, activation.ceiling];
}

/** Bytes of one float32 per channel, with room for a whole block of 4. */
export function channelBytes(channels: number): number {
  return aligned((channels + 3) * 4);
}

/** Writes bias (0 without) and slopes (one for all, or one per channel) as the float kernels read them. */
export function writeFinish(
  heap: Heap,
  biasAt: number,
  slopesAt: number,
  channels: number,
  bias: Float32Array | null,
  activation?: Activation,
): void {
  heap
    .f32(biasAt, channels + 3)
    .fill(0)
    .set(bias ?? []);
  const slopes = activation?.slopes ?? [];
  heap
    .f32(slopesAt, channels + 3)
    .fill(slopes[0] ?? 0)
    .set(slopes);
}

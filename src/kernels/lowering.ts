import type { Engine } from './engine.js';
import type { Heap } from './heap.js';

/** Byte addresses, in the engine's heap, of a lowered node's operands, packed constants and scratch. */
export interface Addresses {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly constants: number;
  readonly scratch: number;
}

/**
 * A node as kernel calls. `constants` and `scratch` are sizes in bytes, known before anything is allocated, so that a
 * plan can lay out memory. `prepare` packs the weights once, to the address of the constants; `run` may follow any number
 * of times. The contents of the scratch are arbitrary before and after a run.
 */
export interface Lowering {
  readonly constants: number;
  readonly scratch: number;
  /**
   * Bytes of constants from which they are worth preparing at each run, since that takes a small part of its time. Absent: they never
   * are, it may take longer than a run.
   */
  readonly preparedFrom?: number;
  prepare(engine: Engine, at: number): void;
  run(engine: Engine, at: Addresses): void;
}

/** Weights from here on are not kept on the heap as a whole where they can be had quickly: every engine would hold them. */
export const LARGE_BYTES = 2 ** 23;

/**
 * The same lowering for a place that keeps it between runs. Large constants that are quickly prepared are prepared in the scratch
 * at each run; the results are the same.
 */
export function withoutLargeConstants(lowering: Lowering): Lowering {
  const { constants, scratch, preparedFrom = Infinity } = lowering;
  if (constants < preparedFrom) return lowering;
  const behind = aligned(constants);
  return {
    ...withoutConstants,
    scratch: behind + scratch,
    run(engine, at) {
      lowering.prepare(engine, at.scratch);
      lowering.run(engine, { ...at, constants: at.scratch, scratch: at.scratch + behind });
    },
  };
}

/** The part of a lowering that has no constants. */
export const withoutConstants: Pick<Lowering, 'constants' | 'prepare'> = { constants: 0, prepare: () => undefined };

/** `y = x < 0 ? x * slope : x` in float32, then at most `ceiling`. One slope, or one per channel; ReLU has slope 0 and gives +0. */
export interface Activation {
  readonly slopes: readonly number[];
  readonly ceiling: number;
}

/** Bytes rounded up to whole cache lines of 64. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Slopes' address (0: none) and clamps of an activation, as the float kernels take them. */
export function finishing(slopes: number, activation?: Activation): [number, number, number] {
  if (activation === undefined) return [0, -Infinity, Infinity];
  const rectified = activation.slopes.every((slope) => slope === 0);
  return rectified ? [0, 0, activation.ceiling] : [slopes, -Infinity, activation.ceiling];
}

/** Bytes of one float32 per channel, rounded up to whole blocks of 4 channels. */
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

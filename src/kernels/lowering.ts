import type { Engine } from './engine.js';

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

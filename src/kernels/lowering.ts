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

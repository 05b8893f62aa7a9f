import type { Engine } from './engine.js';
import type { Lowering } from './lowering.js';

/**
 * A lowering with its packed constants on an engine's heap, from its construction until `free`. Scratch is there during a run alone,
 * so that all that runs on the heap has it in the same place.
 */
export class PreparedLowering {
  readonly #engine: Engine;
  readonly #lowering: Lowering;
  #constants: number | undefined;

  constructor(engine: Engine, lowering: Lowering) {
    this.#engine = engine;
    this.#lowering = lowering;
    this.#constants = lowering.constants > 0 ? engine.heap.alloc(lowering.constants) : undefined;
    lowering.prepare(engine, this.#constants ?? 0);
  }

  /** One run on operands at these addresses. */
  run(inputs: readonly number[], outputs: readonly number[]): void {
    const { heap } = this.#engine;
    const scratch = heap.alloc(this.#lowering.scratch);
    this.#lowering.run(this.#engine, { inputs, outputs, constants: this.#constants ?? 0, scratch });
    heap.free(scratch);
  }

  /** Gives the memory of the constants back; the lowering runs no more. */
  free(): void {
    if (this.#constants !== undefined) this.#engine.heap.free(this.#constants);
    this.#constants = undefined;
  }
}

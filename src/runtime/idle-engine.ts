import { createEngine, type Engine } from '../kernels/engine.js';
import { afterPause } from '../platform/index.js';

/** For how long an idle engine is kept for another job, and an idle worker for another pool: a minute. */
export const IDLE_MS = 60_000;
/**
 * Engines with a larger memory are kept for the next step of the same job alone, so that it takes no second memory beside
 * one that is not collected yet.
 */
const LARGEST_BYTES = 2 ** 28;
/** For so long: a second. */
const STEP_MS = 1000;

/** This thread's idle engines. */
const idle: Engine[] = [];

/**
 * An engine whose contents are arbitrary: one that an earlier job gave back, or a new one. A new engine is slower at first:
 * its memory has to grow, and the runtime optimises calls of kernels for each instance of the module.
 */
export async function takeEngine(): Promise<Engine> {
  return idle.pop() ?? createEngine();
}

/** Gives an engine back, whatever is still allocated in it. The caller uses it no more. */
export function giveBackEngine(engine: Engine): void {
  engine.heap.clear();
  idle.push(engine);
  afterPause(engine.heap.bytes > LARGEST_BYTES ? STEP_MS : IDLE_MS, () => {
    const index = idle.indexOf(engine);
    if (index >= 0) idle.splice(index, 1);
  });
}

import { createEngine, type Engine } from '../kernels/engine.js';
import { afterPause } from '../platform/index.js';

/** How long an engine waits for another job, and a pool's worker for another pool: a minute, as is usual for threads. */
export const IDLE_MS = 60_000;
/** What is larger is given back to the system at once. */
const LARGEST_BYTES = 2 ** 28;

/** This thread's engines that wait for a job. */
const idle: Engine[] = [];

/**
 * An engine whose contents are arbitrary: one that an earlier job gave back, or a new one. A new one's memory first has to be grown, page by
 * page, and all code that calls its kernels to be optimised again, for V8 compiles a call for the instance that it has met.
 */
export async function takeEngine(): Promise<Engine> {
  return idle.pop() ?? createEngine();
}

/** Gives an engine back that nobody uses any more, whatever is still allocated in it. */
export function giveBackEngine(engine: Engine): void {
  if (engine.heap.bytes > LARGEST_BYTES) return;
  engine.heap.clear();
  idle.push(engine);
  afterPause(IDLE_MS, () => {
    const index = idle.indexOf(engine);
    if (index >= 0) idle.splice(index, 1);
  });
}

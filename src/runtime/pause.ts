import { nextTurn } from '../platform/index.js';

/** A point of a long computation where it may be given up: throws the reason of a signal that is aborted. */
export type Pause = () => Promise<void>;

/** Where nothing can be given up. */
export const noPause: Pause = async () => undefined;

/** A thread computes for so long before it looks for events, in milliseconds. */
const TURN = 10;

/** Lets this thread's events be handled now and then, so that one of them can abort the signal. */
export function pauseFor(signal: AbortSignal | undefined): Pause {
  if (signal === undefined) return noPause;
  let last = Date.now();
  return async () => {
    signal.throwIfAborted();
    if (Date.now() - last < TURN) return;
    await nextTurn();
    last = Date.now();
    signal.throwIfAborted();
  };
}

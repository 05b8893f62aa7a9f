import { problemOf } from './problem.js';
import type { CallHooks, CallMessage, CancelMessage, ReplyMessage, SessionCall } from './wire.js';

/** The shortest time between two messages about the progress of a call, in milliseconds. */
const PROGRESS_MS = 50;

/** Answers a page's calls one after the other; one that the page gives up ends within a layer's time. */
export function serveCalls(calls: Readonly<Record<string, SessionCall>>): void {
  const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'onmessage'>;
  const post = (message: ReplyMessage): void => scope.postMessage(message);
  const open = new Map<number, AbortController>();
  let last: Promise<unknown> = Promise.resolve();
  scope.onmessage = ({ data }: { readonly data: CallMessage | CancelMessage }) => {
    if ('cancel' in data) return open.get(data.cancel)?.abort();
    const controller = new AbortController();
    open.set(data.call, controller);
    const { signal } = controller;
    last = last.then(() => answer(calls, data, signal, post)).finally(() => open.delete(data.call));
  };
}

async function answer(
  calls: Readonly<Record<string, SessionCall>>,
  { call, name, argument }: CallMessage,
  signal: AbortSignal,
  post: (message: ReplyMessage) => void,
): Promise<void> {
  let said = 0;
  const progress: CallHooks['progress'] = (done, total, label) => {
    const now = performance.now();
    if (now - said < PROGRESS_MS) return;
    said = now;
    post({ call, progress: { done, total, label } });
  };
  try {
    signal.throwIfAborted();
    post({ call, value: await calls[name]?.(argument, { progress, signal }) });
  } catch (error) {
    post(signal.aborted ? { call, isCancelled: true } : { call, problem: problemOf(error) });
  }
}

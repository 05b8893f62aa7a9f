import { problemOf } from './problem.js';
import type { CallMessage, ReplyMessage, SessionCall } from './wire.js';

/** The shortest time between two messages about the progress of a call, in milliseconds. */
const PROGRESS_MS = 50;

/** Answers a page's calls one after the other. */
export function serveCalls(calls: Readonly<Record<string, SessionCall>>): void {
  const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'onmessage'>;
  const post = (message: ReplyMessage): void => scope.postMessage(message);
  let last: Promise<unknown> = Promise.resolve();
  scope.onmessage = ({ data }: { readonly data: CallMessage }) => {
    last = last.then(() => answer(calls, data, post));
  };
}

async function answer(
  calls: Readonly<Record<string, SessionCall>>,
  { call, name, argument }: CallMessage,
  post: (message: ReplyMessage) => void,
): Promise<void> {
  let said = 0;
  const progress = (done: number, total: number, label: string): void => {
    const now = performance.now();
    if (now - said < PROGRESS_MS) return;
    said = now;
    post({ call, progress: { done, total, label } });
  };
  try {
    post({ call, value: await calls[name]?.(argument, { progress }) });
  } catch (error) {
    post({ call, problem: problemOf(error) });
  }
}

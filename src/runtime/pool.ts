import { fail, XfdnnError, type ErrorCode } from '../error.js';
import { mayBlock, nextTurn, openWorkerPort, startWorker } from '../platform/index.js';

/** What a worker remembers between tasks, by name. */
export type Memory = Map<string, unknown>;

/** A piece of work by its name: plain data in, plain data out, so that it runs in any thread. */
export type Task = (memory: Memory, argument: any) => unknown;

/** Several threads (or just this one) that run tasks by name, each with a memory of its own. */
export interface Pool {
  readonly size: number;
  /** Runs a task in every member at once; `argument` is given the member's number. Results in member order. */
  all<R>(task: string, argument: (member: number) => unknown): Promise<R[]>;
  /** Runs a task in one member. Tasks of one member run one after the other, in the order they were asked for. */
  one<R>(member: number, task: string, argument: unknown): Promise<R>;
  /** Ends all threads; what has not begun by then fails. */
  close(): Promise<void>;
}

/** A thread of a pool. */
interface Member {
  call<R>(task: string, argument: unknown): Promise<R>;
  close(): Promise<void>;
}

/** Starts `count` pieces of work at once; their results in order. Of several that fail the first in order is thrown, whichever failed first. */
export async function inOrder<R>(count: number, work: (index: number) => Promise<R>): Promise<R[]> {
  const started = Array.from({ length: count }, (_, index) => work(index));
  started.forEach((one) => one.catch(() => undefined));
  const results: R[] = [];
  for (const one of started) results.push(await one);
  return results;
}

interface Reply {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: { code: ErrorCode | null; where: string; detail: string; hint: string; stack: string };
}

/**
 * A pool of `size` members, at least 1, running `tasks`. The last one works in this thread, unless this is a page's and there are others; the rest
 * are workers that load `module`, which must call {@link serve} with the same tasks.
 */
export async function openPool(size: number, module: URL, tasks: Readonly<Record<string, Task>>): Promise<Pool> {
  const isLocal = size === 1 || mayBlock();
  const members: Member[] = await Promise.all(Array.from({ length: isLocal ? size - 1 : size }, () => startMember(module)));
  if (isLocal) members.push(localMember(tasks));
  return {
    size,
    one: (member, task, argument) => members[member]!.call(task, argument),
    all: (task, argument) => Promise.all(members.map((member, index) => member.call<any>(task, argument(index)))),
    close: async () => void (await Promise.all(members.map((member) => member.close()))),
  };
}

/** This thread as a member. Between its tasks it hears what the others have to say. */
function localMember(tasks: Readonly<Record<string, Task>>): Member {
  const memory: Memory = new Map();
  let open = true;
  let last: Promise<unknown> = Promise.resolve();
  return {
    call<R>(task: string, argument: unknown) {
      const result = last.then(async () => {
        await nextTurn();
        return open ? ((await tasks[task]!(memory, argument)) as R) : fail('internal', 'pool', `${task} came after the end.`);
      });
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      open = false;
      await last;
      memory.clear();
    },
  };
}

async function startMember(module: URL): Promise<Member> {
  const waiting = new Map<number, { resolve: (value: any) => void; reject: (error: Error) => void }>();
  let calls = 0;
  const receive = ({ call, value, error }: Reply): void => {
    const { resolve, reject } = waiting.get(call)!;
    waiting.delete(call);
    if (error === undefined) resolve(value);
    else reject(error.code === null ? Object.assign(new Error(error.detail), { stack: error.stack }) : new XfdnnError(error.code, error.where, error.detail, error.hint));
  };
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const handle = await startWorker(module, { message: (message) => receive(message as Reply), error: failAll });
  return {
    call<R>(task: string, argument: unknown) {
      const call = calls++;
      return new Promise<R>((resolve, reject) => {
        waiting.set(call, { resolve, reject });
        handle.post({ call, task, argument });
      });
    },
    close: () => handle.terminate(),
  };
}

/** The worker's end: answers calls one after the other. To be called once by the worker's module. */
export async function serve(tasks: Readonly<Record<string, Task>>): Promise<void> {
  const memory: Memory = new Map();
  let last: Promise<unknown> = Promise.resolve();
  const port = await openWorkerPort((message) => {
    const { call, task, argument } = message as { call: number; task: string; argument: unknown };
    last = last.then(async () => {
      try {
        port.post({ call, value: await tasks[task]!(memory, argument) });
      } catch (error) {
        port.post({ call, error: describeError(error) });
      }
    });
  });
}

function describeError(error: unknown): Reply['error'] {
  if (error instanceof XfdnnError) return { code: error.code, where: error.where, detail: error.detail, hint: error.hint, stack: '' };
  const plain = error instanceof Error ? error : new Error(String(error));
  return { code: null, where: '', detail: plain.message, hint: '', stack: plain.stack ?? '' };
}

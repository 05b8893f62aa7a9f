import { XfdnnError, type ErrorCode } from '../error.js';
import { openWorkerPort, startWorker, type WorkerHandle } from '../platform/index.js';

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
  /** Ends all threads. */
  close(): Promise<void>;
}

interface Reply {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: { code: ErrorCode | null; where: string; detail: string; hint: string; stack: string };
}

/**
 * A pool of `size` members running `tasks`. One member works in this thread; more are workers that load
 * `module`, which must call {@link serve} with the same tasks.
 */
export async function openPool(size: number, module: URL, tasks: Readonly<Record<string, Task>>): Promise<Pool> {
  return size <= 1 ? localPool(tasks) : workerPool(size, module);
}

function localPool(tasks: Readonly<Record<string, Task>>): Pool {
  const memory: Memory = new Map();
  let last: Promise<unknown> = Promise.resolve();
  const one = <R>(_member: number, task: string, argument: unknown): Promise<R> => {
    const result = last.then(() => tasks[task]!(memory, argument) as R);
    last = result.catch(() => undefined);
    return result;
  };
  return { size: 1, one, all: async <R>(task: string, argument: (member: number) => unknown) => [await one<R>(0, task, argument(0))], close: async () => memory.clear() };
}

class Member {
  private readonly waiting = new Map<number, { resolve: (value: any) => void; reject: (error: Error) => void }>();
  private handle: WorkerHandle | null = null;
  private calls = 0;

  async start(module: URL): Promise<this> {
    this.handle = await startWorker(module, { message: (message) => this.receive(message as Reply), error: (error) => this.fail(error) });
    return this;
  }

  call<R>(task: string, argument: unknown): Promise<R> {
    const call = this.calls++;
    return new Promise<R>((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      this.handle!.post({ call, task, argument });
    });
  }

  terminate(): Promise<void> {
    return this.handle!.terminate();
  }

  private receive({ call, value, error }: Reply): void {
    const { resolve, reject } = this.waiting.get(call)!;
    this.waiting.delete(call);
    if (error === undefined) resolve(value);
    else reject(error.code === null ? Object.assign(new Error(error.detail), { stack: error.stack }) : new XfdnnError(error.code, error.where, error.detail, error.hint));
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

async function workerPool(size: number, module: URL): Promise<Pool> {
  const members = await Promise.all(Array.from({ length: size }, () => new Member().start(module)));
  return {
    size,
    one: (member, task, argument) => members[member]!.call(task, argument),
    all: (task, argument) => Promise.all(members.map((member, index) => member.call<any>(task, argument(index)))),
    close: async () => void (await Promise.all(members.map((member) => member.terminate()))),
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

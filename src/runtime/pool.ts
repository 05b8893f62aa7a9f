import { type ErrorCode, fail, XfdnnError } from '../error.js';
import { afterPause, mayBlock, nextTurn, openWorkerPort, startWorker, type WorkerHandle } from '../platform/index.js';
import { IDLE_MS } from './idle-engine.js';

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
  /**
   * Ends the pool; what has not begun by then fails. Workers that did all they were asked to wait a while, with an empty memory, for the
   * next pool: a new one would first have to start and to have the same code optimised again. They do not keep a process from ending.
   */
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
  const members: Member[] = await Promise.all(
    Array.from({ length: isLocal ? size - 1 : size }, () => WorkerMember.open(module)),
  );
  if (isLocal) members.push(localMember(tasks));
  return {
    size,
    one: (member, task, argument) => members[member]!.call(task, argument),
    all: (task, argument) => Promise.all(members.map((member, index) => member.call<any>(task, argument(index)))),
    close: async () => void (await Promise.all(members.map((member) => member.close()))),
  };
}

/** The task that every worker has: an empty memory. */
const FORGET = 'pool.forget';

/** This thread as a member. Between its tasks it hears what the others have to say. */
function localMember(tasks: Readonly<Record<string, Task>>): Member {
  const memory: Memory = new Map();
  let open = true;
  let last: Promise<unknown> = Promise.resolve();
  return {
    call<R>(task: string, argument: unknown) {
      const result = last.then(async () => {
        await nextTurn();
        return open
          ? ((await tasks[task]!(memory, argument)) as R)
          : fail('internal', 'pool', `${task} came after the end.`);
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

/** A worker thread as a member, and again when it has been one before. */
class WorkerMember implements Member {
  /** Those that wait for a pool, by module. */
  private static readonly idle = new Map<string, WorkerMember[]>();

  private readonly waiting = new Map<number, { resolve: (value: any) => void; reject: (error: Error) => void }>();
  private handle!: WorkerHandle;
  private calls = 0;
  private failed = false;
  private broken: Error | null = null;

  static async open(module: URL): Promise<Member> {
    const found = WorkerMember.idle.get(module.href)?.pop();
    found?.handle.hold();
    return found ?? new WorkerMember(module.href).start(module);
  }

  private constructor(private readonly href: string) {}

  private async start(module: URL): Promise<this> {
    this.handle = await startWorker(module, {
      message: (message) => this.receive(message as Reply),
      error: (error) => this.breakDown(error),
    });
    return this;
  }

  call<R>(task: string, argument: unknown): Promise<R> {
    if (this.broken !== null) return Promise.reject(this.broken);
    const call = this.calls++;
    return new Promise<R>((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      this.handle.post({ call, task, argument });
    });
  }

  async close(): Promise<void> {
    if (this.failed || this.broken !== null || this.waiting.size > 0) return this.handle.terminate();
    if (this.calls > 0) await this.call(FORGET, null).catch(() => undefined);
    if (this.broken !== null) return;
    this.handle.release();
    const idle = WorkerMember.idle.get(this.href) ?? [];
    WorkerMember.idle.set(this.href, [...idle, this]);
    afterPause(IDLE_MS, () => this.retire());
  }

  /** Ends the thread if nobody has taken it meanwhile. */
  private retire(): void {
    const idle = WorkerMember.idle.get(this.href) ?? [];
    if (!idle.includes(this)) return;
    WorkerMember.idle.set(
      this.href,
      idle.filter((other) => other !== this),
    );
    void this.handle.terminate();
  }

  private receive({ call, value, error }: Reply): void {
    const { resolve, reject } = this.waiting.get(call)!;
    this.waiting.delete(call);
    if (error === undefined) return resolve(value);
    this.failed = true;
    reject(
      error.code === null
        ? Object.assign(new Error(error.detail), { stack: error.stack })
        : new XfdnnError(error.code, error.where, error.detail, error.hint),
    );
  }

  private breakDown(error: Error): void {
    this.broken = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    this.retire();
  }
}

/** The worker's end: answers calls one after the other. To be called once by the worker's module. */
export async function serve(tasks: Readonly<Record<string, Task>>): Promise<void> {
  const memory: Memory = new Map();
  let last: Promise<unknown> = Promise.resolve();
  const port = await openWorkerPort((message) => {
    const { call, task, argument } = message as { call: number; task: string; argument: unknown };
    last = last.then(async () => {
      try {
        port.post({ call, value: task === FORGET ? memory.clear() : await tasks[task]!(memory, argument) });
      } catch (error) {
        port.post({ call, error: describeError(error) });
      }
    });
  });
}

function describeError(error: unknown): Reply['error'] {
  if (error instanceof XfdnnError)
    return { code: error.code, where: error.where, detail: error.detail, hint: error.hint, stack: '' };
  const plain = error instanceof Error ? error : new Error(String(error));
  return { code: null, where: '', detail: plain.message, hint: '', stack: plain.stack ?? '' };
}

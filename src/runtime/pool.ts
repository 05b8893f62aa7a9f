import { type ErrorCode, fail, XfdnnError } from '../error.js';
import { afterPause, mayBlock, nextTurn, openWorkerPort, startWorker, type WorkerHandle } from '../platform/index.js';
import { Abortable } from './abortable.js';
import { IDLE_MS } from './idle-engine.js';
import { noPause, type Pause, pauseFor } from './pause.js';

/** Values that a member keeps between tasks, by name. */
export type Memory = Map<string, unknown>;

/**
 * A piece of work by its name: plain data in, plain data out, so that it runs in any thread. A long one calls `pause` between
 * its parts. Tasks whose names end in `.close` give back what others hold: they run after the pool is aborted, too.
 */
export type Task = (memory: Memory, argument: any, pause: Pause, tell: Tell) => unknown;

/** Tells the caller of a task how far it is. */
type Tell = (news: unknown) => void;

const isClosing = (task: string): boolean => task.endsWith('.close');

/** Several threads, or this one alone, that run tasks by name. Each has a memory of its own. */
export interface Pool {
  readonly size: number;
  /**
   * Runs a task in every member at once, on what `argument` gives for the member's number. Results in member order. `hear` is given
   * what the tasks tell meanwhile.
   */
  all<R>(task: string, argument: (member: number) => unknown, hear?: Tell): Promise<R[]>;
  /** Runs a task in one member. The tasks of a member run one after the other, in the order of the calls. */
  one<R>(member: number, task: string, argument: unknown): Promise<R>;
  /**
   * Ends the pool; tasks that have not begun fail. Workers whose tasks all succeeded wait a while, with an empty memory, for
   * the next pool, because a new thread has to start and to optimise the same code first. They do not keep a process alive.
   */
  close(): Promise<void>;
}

/** A thread of a pool. */
interface Member {
  call<R>(task: string, argument: unknown, hear?: Tell): Promise<R>;
  close(): Promise<void>;
}

/** Starts `count` pieces of work at once and gives their results in order. Of several failures the first in order is thrown. */
export async function inOrder<R>(count: number, work: (index: number) => Promise<R>): Promise<R[]> {
  const started = Array.from({ length: count }, (_, index) => work(index));
  for (const result of started) result.catch(() => undefined);
  const results: R[] = [];
  for (const result of started) results.push(await result);
  return results;
}

interface Reply {
  readonly call: number;
  readonly value?: unknown;
  /** What a task tells before its end. */
  readonly news?: unknown;
  readonly error?: { code: ErrorCode | null; where: string; detail: string; hint: string; stack: string };
}

/**
 * A pool of `size` members, at least 1, that run `tasks`. The last member is this thread, unless it is the main thread of a
 * page and there are others. The other members are workers that load `module`, which must call {@link serve} with the same
 * tasks; undefined: the worker's entry of this package. Where `signal` is aborted, every call fails at once with its reason, and
 * `close` ends the workers that were busy.
 */
export async function openPool(
  size: number,
  module: URL | undefined,
  tasks: Readonly<Record<string, Task>>,
  signal?: AbortSignal,
): Promise<Pool> {
  signal?.throwIfAborted();
  const isLocal = size === 1 || mayBlock();
  const members: Member[] = await Promise.all(
    Array.from({ length: isLocal ? size - 1 : size }, async () => {
      const member = await WorkerMember.open(module);
      return signal === undefined ? member : abortable(member, signal);
    }),
  );
  if (isLocal) members.push(localMember(tasks, signal));
  return {
    size,
    one: (member, task, argument) => memberOf(members, member).call(task, argument),
    all: (task, argument, hear) =>
      Promise.all(members.map((member, index) => member.call<any>(task, argument(index), hear))),
    close: async () => void (await Promise.all(members.map((member) => member.close()))),
  };
}

function memberOf(members: readonly Member[], index: number): Member {
  return members[index] ?? fail('internal', 'pool', `expected a member below ${members.length}, got ${index}.`);
}

function taskOf(tasks: Readonly<Record<string, Task>>, name: string): Task {
  return tasks[name] ?? fail('internal', 'pool', `expected a task of ${Object.keys(tasks).join(', ')}, got ${name}.`);
}

/** Where nobody listens. */
const nobody: Tell = () => undefined;

/** The name of the task, known to every worker, that empties the memory. */
const FORGET = 'pool.forget';

/** A worker whose calls fail once a signal is aborted. */
function abortable(member: Member, signal: AbortSignal): Member {
  const work = new Abortable(signal);
  return {
    call<R>(task: string, argument: unknown, hear?: Tell) {
      return signal.aborted ? Promise.reject<R>(signal.reason) : work.until(member.call<R>(task, argument, hear));
    },
    close() {
      work.end();
      return member.close();
    },
  };
}

/** This thread as a member. Messages of the other members are handled between its tasks. */
function localMember(tasks: Readonly<Record<string, Task>>, signal: AbortSignal | undefined): Member {
  const memory: Memory = new Map();
  const pause = pauseFor(signal);
  let open = true;
  let last: Promise<unknown> = Promise.resolve();
  return {
    call<R>(task: string, argument: unknown, hear: Tell = nobody) {
      const result = last.then(async () => {
        await nextTurn();
        if (!isClosing(task)) signal?.throwIfAborted();
        return open
          ? ((await taskOf(tasks, task)(memory, argument, pause, hear)) as R)
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

const keyOf = (module: URL | undefined): string => module?.href ?? '';

/** A worker thread as a member. An idle worker of an earlier pool is used again. */
class WorkerMember implements Member {
  /** Idle workers by the module they loaded; '' for this package's own. */
  private static readonly idle = new Map<string, WorkerMember[]>();

  private readonly waiting = new Map<
    number,
    { resolve: (value: any) => void; reject: (error: Error) => void; hear: Tell }
  >();
  private calls = 0;
  private failed = false;
  private broken: Error | null = null;

  static async open(module: URL | undefined): Promise<Member> {
    const found = WorkerMember.idle.get(keyOf(module))?.pop();
    found?.handle.hold();
    return found ?? WorkerMember.start(module);
  }

  private static async start(module: URL | undefined): Promise<WorkerMember> {
    // The thread answers nothing before its first call, which the member makes.
    let member: WorkerMember | undefined;
    let early: Error | undefined;
    const handle = await startWorker(module, {
      message: (message) => member?.receive(message as Reply),
      error: (error) => (member === undefined ? (early = error) : member.breakDown(error)),
    });
    member = new WorkerMember(keyOf(module), handle);
    if (early !== undefined) member.breakDown(early);
    return member;
  }

  private constructor(
    private readonly key: string,
    private readonly handle: WorkerHandle,
  ) {}

  call<R>(task: string, argument: unknown, hear: Tell = nobody): Promise<R> {
    if (this.broken !== null) return Promise.reject(this.broken);
    const call = this.calls++;
    return new Promise<R>((resolve, reject) => {
      this.waiting.set(call, { resolve, reject, hear });
      this.handle.post({ call, task, argument });
    });
  }

  async close(): Promise<void> {
    if (this.failed || this.broken !== null || this.waiting.size > 0) return this.handle.terminate();
    if (this.calls > 0) await this.call(FORGET, null).catch(() => undefined);
    if (this.broken !== null) return;
    this.handle.release();
    const idle = WorkerMember.idle.get(this.key) ?? [];
    WorkerMember.idle.set(this.key, [...idle, this]);
    afterPause(IDLE_MS, () => this.retire());
  }

  /** Ends the thread if it is still idle. */
  private retire(): void {
    const idle = WorkerMember.idle.get(this.key) ?? [];
    if (!idle.includes(this)) return;
    WorkerMember.idle.set(
      this.key,
      idle.filter((other) => other !== this),
    );
    void this.handle.terminate();
  }

  private receive({ call, value, error, news }: Reply): void {
    const waiting = this.waiting.get(call);
    // A reply that comes after a breakdown has no caller.
    if (waiting === undefined) return;
    if (news !== undefined) return waiting.hear(news);
    const { resolve, reject } = waiting;
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
    const broken = new XfdnnError(
      /EMFILE|ENFILE|ENOMEM|memory/.test(error.message) ? 'file' : 'internal',
      'worker',
      `a thread ended before its work was done: ${error.message}`,
      'Pass fewer --threads if memory or open files are short.',
    );
    this.broken = broken;
    for (const { reject } of this.waiting.values()) reject(broken);
    this.waiting.clear();
    this.retire();
  }
}

/** Answers the calls to a worker one after the other. The worker's module calls it once. */
export async function serve(tasks: Readonly<Record<string, Task>>): Promise<void> {
  const memory: Memory = new Map();
  let last: Promise<unknown> = Promise.resolve();
  const port = await openWorkerPort((message) => {
    const { call, task, argument } = message as { call: number; task: string; argument: unknown };
    const tell: Tell = (news) => port.post({ call, news });
    last = last.then(async () => {
      try {
        port.post({
          call,
          value: task === FORGET ? memory.clear() : await taskOf(tasks, task)(memory, argument, noPause, tell),
        });
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

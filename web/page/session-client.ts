import type { Calls } from '../session/calls.js';
import {
  type ArgumentOf,
  type CallMessage,
  type CancelMessage,
  type Progress,
  type ReplyMessage,
  SESSION,
  type ValueOf,
} from '../session/wire.js';

/** How long the worker may take to give its calls up, in milliseconds. */
const PATIENCE_MS = 3000;

/** A call that was ended before it was answered. */
export class Cancelled extends Error {}

interface Waiting {
  readonly resolve: (value: any) => void;
  readonly reject: (error: Error) => void;
  readonly progress: (progress: Progress) => void;
}

/** The worker that holds the library, as the page sees it. */
export class SessionClient {
  private worker: Worker | undefined;
  private calls = 0;
  private readonly waiting = new Map<number, Waiting>();
  private files: ReadonlyMap<string, Blob> = new Map();

  private readonly address: URL;
  private ends = 0;

  /** @param script the worker's script, or its address */
  constructor(private readonly script: Blob | URL) {
    this.address = script instanceof URL ? script : new URL(URL.createObjectURL(script));
  }

  /** The number of the worker: what an earlier one knew, this one does not. */
  get epoch(): number {
    return this.ends;
  }

  /** Gives the session the files that its calls name; a session that starts anew gets them again. */
  mount(files: ReadonlyMap<string, Blob>): Promise<void> {
    this.files = files;
    return this.ask('mount', { files, script: this.script instanceof URL ? undefined : this.script });
  }

  /** Asks the session. Rejects with an Error in the page's words, or with {@link Cancelled}. */
  ask<Name extends keyof Calls>(
    name: Name,
    argument: ArgumentOf<Calls[Name]>,
    progress: (progress: Progress) => void = () => undefined,
  ): Promise<ValueOf<Calls[Name]>> {
    const call = this.calls++;
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject, progress });
      this.started().postMessage({ call, name, argument } satisfies CallMessage);
    });
  }

  /**
   * Gives all calls up: they reject with {@link Cancelled}, and the worker keeps what it knows. One that does not answer, as while a
   * network is parsed, is ended.
   */
  cancel(): void {
    const calls = [...this.waiting.keys()];
    for (const call of calls) this.worker?.postMessage({ cancel: call } satisfies CancelMessage);
    setTimeout(() => calls.some((call) => this.waiting.has(call)) && this.stop(), PATIENCE_MS);
  }

  /** Ends the worker with all its calls. The next call finds a new one. */
  stop(): void {
    this.end(new Cancelled('cancelled'));
  }

  /** The worker; a new one is given the files at once. */
  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(this.address, { name: SESSION });
    worker.onmessage = ({ data }: { readonly data: ReplyMessage }) => this.receive(data);
    worker.onerror = (event) => this.breakDown(event.message ?? 'its file cannot be loaded');
    this.worker = worker;
    if (this.files.size > 0) this.mount(this.files).catch(() => undefined);
    return worker;
  }

  private receive(message: ReplyMessage): void {
    const waiting = this.waiting.get(message.call);
    if (waiting === undefined) return;
    if ('progress' in message) return waiting.progress(message.progress);
    this.waiting.delete(message.call);
    if ('isCancelled' in message) waiting.reject(new Cancelled('cancelled'));
    else if ('problem' in message) waiting.reject(new Error(message.problem.text));
    else waiting.resolve(message.value);
  }

  private breakDown(why: string): void {
    this.end(new Error(`The lab's worker ended: ${why}. Fewer or smaller images need less memory.`));
  }

  private end(error: Error): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.ends++;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

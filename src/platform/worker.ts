import { type FileContents, mounted, mountFiles, unmountFiles } from './mounted-files.js';
import { builtin, isNode } from './node.js';

/** The events of a worker. */
export interface WorkerEvents {
  /** A message that the worker posted. */
  message(message: unknown): void;
  /** The worker threw, could not be loaded, or ended by itself. */
  error(error: Error): void;
}

/** A running worker. */
export interface WorkerHandle {
  /** Sends a message by structured clone; the buffers in `transfer` move, shared memory is shared. */
  post(message: unknown, transfer?: ArrayBuffer[]): void;
  /** Ends the worker at once. */
  terminate(): Promise<void>;
  /** After `release` the worker does not keep the process alive; after `hold` it does again, as at the start. */
  release(): void;
  hold(): void;
}

/** The channel from a worker's module to the thread that started it. */
export interface WorkerPort {
  post(message: unknown, transfer?: ArrayBuffer[]): void;
}

/** The worker's entry of this package, seen from here, from `dist/bundle/chunks/` and from `dist/browser/library/`. */
const ENTRY = '../worker.js';

let ownScript: URL | undefined;

/**
 * Takes a classic script in place of the worker's entry of this package where no module is named. A page that was opened
 * from a file cannot start modules.
 */
export function useWorkerScript(script: URL): void {
  ownScript = script;
}

/**
 * Starts an ES module in a thread of its own: a worker thread of Node, else a Web Worker. `module`: its place; the worker's entry of
 * this package where undefined.
 */
export async function startWorker(module: URL | undefined, events: WorkerEvents): Promise<WorkerHandle> {
  if (isNode()) return startThread(module ?? new URL(/* webpackIgnore: true */ ENTRY, import.meta.url), events);
  if (module === undefined && ownScript !== undefined) return webWorker(new Worker(ownScript), events);
  const place = module ?? workerOfMovedPackage(String(import.meta.url));
  return webWorker(
    // Bundlers look for these very words, and bundle the worker where they stand.
    place === undefined ? new Worker(new URL('../worker.js', import.meta.url), { type: 'module' }) : ofModule(place),
    events,
  );
}

/**
 * The worker's module of the installed package, where vite's development server has moved the package's modules, without their
 * worker, into a folder of its own; undefined elsewhere. `url`: the place of this module.
 */
export function workerOfMovedPackage(url: string): URL | undefined {
  const [, packages] = /^(.*\/node_modules\/)\.vite\/deps[^/]*\//.exec(url) ?? [];
  return packages === undefined ? undefined : new URL(`${packages}xfdnn-quantizer/dist/browser/worker.js`);
}

/** Opens the channel of a worker's module, once. `message` receives all messages, those sent before it was opened too. */
export async function openWorkerPort(message: (message: unknown) => void): Promise<WorkerPort> {
  if (!isNode()) return openWebPort(message);
  const { parentPort } = await builtin('node:worker_threads', 'worker');
  if (parentPort === null) throw new Error('This module runs as a worker only.');
  parentPort.on('message', takingMounts(message));
  return { post: (value, transfer = []) => parentPort.postMessage(value, transfer) };
}

/**
 * A worker's young generation in MiB. V8 takes 48 by itself, and fills them with what is left of decoded images before it collects. Less
 * takes no more time: nearly nothing of it is alive.
 */
const YOUNG_GENERATION_MB = 12;

async function startThread(module: URL, events: WorkerEvents): Promise<WorkerHandle> {
  const { Worker } = await builtin('node:worker_threads', 'worker');
  // Streams of its own: each stream that is passed on to the process's adds listeners there. A worker writes nothing.
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
  const worker = new Worker(module, { stdout: true, stderr: true, resourceLimits });
  let over = false;
  const end = (error: Error): void => {
    if (!over) events.error(error);
    over = true;
  };
  worker.on('message', (value) => events.message(value));
  worker.on('messageerror', end);
  worker.on('error', end);
  worker.on('exit', (code) => end(new Error(`The worker ended by itself with exit code ${code}.`)));
  return {
    post: withMount((value, transfer) => worker.postMessage(value, transfer)),
    terminate: async () => {
      over = true;
      await worker.terminate();
    },
    release: () => worker.unref(),
    hold: () => worker.ref(),
  };
}

function ofModule(module: URL): Worker {
  return new Worker(module, { type: 'module' });
}

/** The message that gives a worker its files; undefined: those of the file system. */
interface Mount {
  readonly mount: FileContents | undefined;
}

type Post = (message: unknown, transfer: ArrayBuffer[]) => void;

/** Posts to a worker that reads the files that this thread reads: a Blob is sent by reference. */
function withMount(post: Post): WorkerHandle['post'] {
  let sent: FileContents | undefined;
  return (value, transfer = []) => {
    const files = mounted()?.given;
    if (files !== sent) post({ mount: files } satisfies Mount, []);
    sent = files;
    post(value, transfer);
  };
}

/** Takes the messages of {@link withMount}. */
function takingMounts(message: (message: unknown) => void): (message: unknown) => void {
  return (data) => {
    if (!Object.hasOwn(data as object, 'mount')) return message(data);
    const { mount } = data as Mount;
    if (mount === undefined) unmountFiles();
    else mountFiles(mount);
  };
}

function webWorker(worker: Worker, events: WorkerEvents): WorkerHandle {
  worker.onmessage = (event) => events.message(event.data);
  worker.onerror = (event) => events.error(new Error(event.message ?? 'The worker could not be loaded.'));
  return {
    post: withMount((value, transfer) => worker.postMessage(value, transfer)),
    terminate: async () => worker.terminate(),
    release: () => undefined,
    hold: () => undefined,
  };
}

function openWebPort(message: (message: unknown) => void): WorkerPort {
  const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'onmessage'>;
  const take = takingMounts(message);
  scope.onmessage = ({ data }) => take(data);
  return { post: (value, transfer = []) => scope.postMessage(value, transfer) };
}

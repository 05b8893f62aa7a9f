import { fileError } from './files.js';
import { builtin, isNode, nodeProcess } from './node.js';

/** The surroundings of a program: arguments, output streams, exit code. In a browser: none, the console, none. */
export const environment = {
  /** The arguments after the program's name. */
  arguments(): string[] {
    return nodeProcess?.argv.slice(2) ?? [];
  },

  /** An environment variable, undefined where it is not set or the runtime does not allow to read it, as Deno does. */
  variable(name: string): string | undefined {
    try {
      return nodeProcess?.env[name];
    } catch {
      return undefined;
    }
  },

  /** The runtime with its version, and the system: `Node v20.11.1 on linux x64`. */
  runtime(): string {
    if (nodeProcess === undefined) return `browser: ${globalThis.navigator?.userAgent ?? 'unknown'}`;
    const { versions, platform, arch } = nodeProcess;
    const [name, version] = Object.entries(versions).find(([key]) => key === 'deno' || key === 'bun') ?? [
      'Node',
      versions.node,
    ];
    return `${name} ${version} on ${platform} ${arch}`;
  },

  /** Writes text to standard output as it is. */
  writeOutput(text: string): void {
    write(nodeProcess?.stdout, text);
  },

  /** Writes text to standard error as it is. */
  writeError(text: string): void {
    write(nodeProcess?.stderr, text);
  },

  outputIsTerminal(): boolean {
    return nodeProcess?.stdout.isTTY === true;
  },

  errorIsTerminal(): boolean {
    return nodeProcess?.stderr.isTTY === true;
  },

  /** Columns of the terminal on standard output; infinite where there is none. */
  outputColumns(): number {
    return columnsOf(nodeProcess?.stdout);
  },

  /** Columns of the terminal on standard error; infinite where there is none. */
  errorColumns(): number {
    return columnsOf(nodeProcess?.stderr);
  },

  /** Sets the code that the process ends with once its work is done. */
  setExitCode(code: number): void {
    if (nodeProcess !== undefined) nodeProcess.exitCode = code;
  },
};

/** Columns of a stream that is a terminal, where it states them. */
function columnsOf(stream: NodeJS.WriteStream | undefined): number {
  return stream?.isTTY === true && stream.columns > 0 ? stream.columns : Infinity;
}

/** How many threads can run at once; at least 1. */
export async function cores(): Promise<number> {
  if (isNode()) return Math.max(1, (await builtin('node:os', 'cores')).availableParallelism());
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1);
}

/** Bytes of memory of the machine, or of the container that the process is in; infinite where that is not known. */
export async function machineMemory(): Promise<number> {
  if (!isNode()) return Infinity;
  try {
    const { totalmem } = await builtin('node:os', 'memory');
    // 0 where there is no limit.
    return Math.min(totalmem(), nodeProcess?.constrainedMemory?.() || Infinity);
  } catch {
    // Deno may not be allowed to ask.
    return Infinity;
  }
}

/** Whether this thread may compute for long. The thread of a browser's page may not: the page would freeze. */
export function mayBlock(): boolean {
  return isNode() || typeof globalThis.document === 'undefined';
}

/** Resolves after the messages that are waiting now have been delivered. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') return void setImmediate(resolve);
    // Browsers delay timers by at least 4 ms, but not messages.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Calls `action` after some milliseconds. The process does not stay alive for it. */
export function afterPause(milliseconds: number, action: () => void): void {
  const timer: unknown = setTimeout(action, milliseconds);
  (timer as Partial<NodeJS.Timeout>).unref?.();
}

/** A fresh random seed, 0 to 2^32 - 1. */
export function randomSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return seed;
}

const guarded = new WeakSet<object>();

function write(stream: NodeJS.WriteStream | undefined, text: string): void {
  if (stream === undefined) return console.log(text.replace(/\n$/, ''));
  guard(stream);
  stream.write(text);
}

/** Reports a failure of a stream once; a closed pipe (`| head`) is none. */
function guard(stream: NodeJS.WriteStream): void {
  if (guarded.has(stream)) return;
  guarded.add(stream);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    environment.setExitCode(1);
    if (stream === nodeProcess?.stdout)
      environment.writeError(`${fileError(error, 'standard output', 'write').message}\n`);
  });
}

/**
 * Writes bytes to standard output, and resolves when they are written. A pipe may take some of them at a time, which a
 * system call on its descriptor would report as an error; a failure is reported as that of text is.
 */
export function writeOutputBytes(bytes: Uint8Array): Promise<void> {
  const stream = nodeProcess?.stdout;
  if (stream === undefined) return Promise.resolve(console.log(new TextDecoder().decode(bytes)));
  guard(stream);
  return new Promise((resolve) => {
    stream.write(bytes, () => resolve());
  });
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../support.js';

/** A runtime that can run the programs. */
export interface Runtime {
  readonly name: string;
  readonly executable: string;
  /** Arguments before the program's path. */
  readonly flags: readonly string[];
}

/** What Deno must be allowed: the folders that are read and written, who may write, where temporary files go. */
const DENO_FLAGS = ['run', '--no-lock', '--allow-read', '--allow-write', '--allow-sys=uid,cpus', '--allow-env'];

/** The runtime at a path, named after its version; undefined where there is none. */
function runtimeAt(executable: string): Runtime | undefined {
  const { status, stdout } = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const [, deno] = /^deno (\S+)/.exec(stdout) ?? [];
  if (deno !== undefined) return { name: `Deno ${deno}`, executable, flags: DENO_FLAGS };
  const [, node] = /^v(\d\S*)/.exec(stdout) ?? [];
  return { name: node === undefined ? `Bun ${stdout.trim()}` : `Node ${node}`, executable, flags: [] };
}

/** The runtimes on the path and those at other paths, each name once, and which are missing. */
export function findRuntimes(others: readonly string[] = []): { found: Runtime[]; missing: string[] } {
  const found = new Map<string, Runtime>();
  const missing: string[] = [];
  for (const executable of [process.execPath, 'node', 'deno', 'bun', ...others]) {
    const runtime = runtimeAt(executable);
    if (runtime === undefined) missing.push(executable);
    else if (!found.has(runtime.name)) found.set(runtime.name, runtime);
  }
  return { found: [...found.values()], missing };
}

/** The program, and a module that runs it on the plain kernels of its main thread. */
export const programs = {
  simd: join(root, 'bin/xfdnn.js'),
  plain: join(root, 'dist/test/matrix/without-simd.js'),
};

/** Where Debian's cross packages put the libraries of arm64. */
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu';

/** A Node of arm64 that qemu-user runs; undefined where one of them is missing. */
export function emulatedArm64(node: string): Runtime | undefined {
  const flags = ['-L', ARM64_LIBRARIES, node];
  const { status, stdout } = spawnSync('qemu-aarch64', [...flags, '--version'], { encoding: 'utf8' });
  return status === 0
    ? { name: `Node ${stdout.trim().slice(1)} on arm64`, executable: 'qemu-aarch64', flags }
    : undefined;
}

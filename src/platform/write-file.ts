import type { Stats } from 'node:fs';
import { fail } from '../error.js';
import { deferSignals } from './defer-signals.js';
import { writeOutputBytes } from './environment.js';
import { CHUNK_BYTES, errno, type Fs, fileError, STANDARD, stat, wrongKind } from './files.js';
import { mounted } from './mounted-files.js';
import { builtin, nodeProcess } from './node.js';
import { joinPath } from './path.js';
import { randomHex } from './random.js';

/** Contents of files by the path that they are written to. Text is written as UTF-8. */
export type Outputs = ReadonlyMap<string, Uint8Array | string>;

/**
 * Writes a file as a whole or not at all: into a temporary file beside it, which is then renamed. Missing folders are
 * made, a link is followed, a pipe or device is written directly. A file that is replaced keeps its permissions and, where the
 * system allows it, its owner. Throws `file`, also for a file with several hard links.
 */
export const writeFileAtomic = (path: string, content: Uint8Array | string): Promise<void> =>
  writeFilesAtomic(new Map([[path, content]]));

/**
 * {@link writeFileAtomic} of files that belong together: none has its name before all of them are on the disk. Pipes and devices, from
 * which nothing can be taken back, are written first. Throws `file`.
 */
export async function writeFilesAtomic(outputs: Outputs): Promise<void> {
  const memory = mounted();
  if (memory !== undefined) {
    for (const path of outputs.keys()) memory.checkWritable(path);
    for (const [path, content] of outputs) memory.write(path, content);
    return;
  }
  const plain: Output[] = [];
  const direct: Output[] = [];
  for (const [path, content] of outputs) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const { kind } = await stat(path);
    if (kind === 'folder') throw wrongKind(path, 'a folder');
    (kind === 'other' ? direct : plain).push({ path, bytes, isThere: kind === 'file' });
  }
  await writeInPlace(plain, direct);
}

/** A file to write. */
interface Output {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether it replaces a file. */
  readonly isThere: boolean;
}

async function writeInPlace(plain: readonly Output[], direct: readonly Output[]): Promise<void> {
  const [place = ''] = [...plain, ...direct].map(({ path }) => path);
  const fs = await builtin('node:fs', place);
  const nodePath = await builtin('node:path', place);
  const staged: Staged[] = [];
  let at = place;
  const release = deferSignals();
  try {
    for (const { path, bytes } of direct) {
      at = path;
      if (path === STANDARD) await writeOutputBytes(bytes);
      else writeAll(fs, fs.openSync(path, 'w'), bytes);
    }
    for (const output of plain) {
      at = output.path;
      staged.push(stage(fs, nodePath, output));
    }
    for (const { path, temporary, target } of staged) {
      at = path;
      fs.renameSync(temporary, target);
    }
  } catch (error) {
    for (const { temporary } of staged) fs.rmSync(temporary, { force: true });
    throw fileError(error, at, 'write');
  } finally {
    await release();
  }
}

/** Throws `file` where {@link writeFileAtomic} could not write, so that long work fails before it begins. Writes nothing. */
export async function checkWritable(path: string): Promise<void> {
  const memory = mounted();
  if (memory !== undefined) return memory.checkWritable(path);
  const fs = await builtin('node:fs', path);
  const { dirname, resolve } = await builtin('node:path', path);
  const { kind } = await stat(path);
  if (kind === 'folder') throw wrongKind(path, 'a folder');
  if (kind === 'other') return;
  try {
    const target = linkTarget(fs, path, (link, to) => resolve(dirname(link), to));
    if (kind === 'file') replaceable(fs, target);
    let folder = dirname(target);
    while (!fs.existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
    if (!fs.statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

/** The longest chain of links that is followed, as on Linux. */
const LONGEST_CHAIN = 40;

/** The path that a link leads to in the end, whether there is a file or not; the path itself where it is no link. */
function linkTarget(fs: Fs, path: string, from: (link: string, to: string) => string): string {
  let target = path;
  for (let links = 0; links <= LONGEST_CHAIN; links++) {
    if (fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return target;
    target = from(target, fs.readlinkSync(target));
  }
  throw Object.assign(new Error(), { code: 'ELOOP' });
}

/** The status of a file that may be replaced. Throws where it is read-only or has other names, which would keep the old content. */
function replaceable(fs: Fs, path: string): Stats {
  fs.accessSync(path, fs.constants.W_OK);
  const status = fs.statSync(path);
  if (status.nlink > 1)
    fail(
      'file',
      path,
      `expected a file of one name, got one with ${status.nlink} hard links.`,
      'Remove it first, or choose another path.',
    );
  return status;
}

/** Makes a folder and the missing ones above it. Node's own `recursive` never returns where a file system makes no folders (/proc). */
function makeFolder(fs: Fs, dirname: (path: string) => string, folder: string): void {
  if (fs.existsSync(folder)) return;
  makeFolder(fs, dirname, dirname(folder));
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw error;
  }
}

/** Names of temporary files: the number of the process that writes it, and random digits. */
const TEMPORARY = /^\.xfdnn-(\d+)-[0-9a-f]+\.tmp$/;

/** Milliseconds without a write after which the temporary file of a process that is gone is removed. */
const ABANDONED_MS = 60_000;

/** A file that is on the disk under a temporary name. */
interface Staged {
  readonly path: string;
  readonly temporary: string;
  /** The name that it is to have. */
  readonly target: string;
}

/** Writes a file under a temporary name in its folder. */
function stage(fs: Fs, { dirname, resolve }: typeof import('node:path'), { path, bytes, isThere }: Output): Staged {
  const target = linkTarget(fs, path, (link, to) => resolve(dirname(link), to));
  const folder = dirname(target);
  makeFolder(fs, dirname, folder);
  const old = isThere ? replaceable(fs, target) : undefined;
  removeAbandoned(fs, folder);
  const temporary = joinPath(folder, `.xfdnn-${nodeProcess?.pid ?? 0}-${randomHex(2)}.tmp`);
  try {
    const descriptor = fs.openSync(temporary, 'wx', 0o600);
    // It is private until it is whole. What is new is as open as the process makes files; what is replaced stays as open as it was.
    writeAll(fs, descriptor, bytes, () => {
      if (old === undefined) fs.fchmodSync(descriptor, newMode());
      else keepOwner(fs, descriptor, old);
      fs.fsyncSync(descriptor);
    });
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  return { path, temporary, target };
}

/** The permissions of a new file. */
function newMode(): number {
  try {
    return 0o666 & ~(nodeProcess?.umask() ?? 0o022);
  } catch {
    // Deno may not be allowed to ask.
    return 0o644;
  }
}

function keepOwner(fs: Fs, descriptor: number, { uid, gid, mode }: Stats): void {
  try {
    fs.fchownSync(descriptor, uid, gid);
  } catch {
    // Only the system's administrator may give files away.
  }
  fs.fchmodSync(descriptor, mode & 0o7777);
}

/** Folders that this process has looked through. */
const tidied = new Set<string>();

/** Removes temporary files of processes that were killed while they wrote. */
function removeAbandoned(fs: Fs, folder: string): void {
  if (tidied.has(folder)) return;
  tidied.add(folder);
  for (const name of fs.readdirSync(folder)) {
    const [, pid] = TEMPORARY.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = joinPath(folder, name);
    const status = fs.lstatSync(path, { throwIfNoEntry: false });
    if (status?.isFile() === true && Date.now() - status.mtimeMs > ABANDONED_MS) fs.rmSync(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return nodeProcess?.kill(pid, 0) ?? true;
  } catch (error) {
    return errno(error) !== 'ESRCH';
  }
}

/** Writes and closes; `finish` is called between. */
function writeAll(fs: Fs, descriptor: number, bytes: Uint8Array, finish?: () => void): void {
  try {
    writeBytes(fs, descriptor, bytes);
    finish?.();
  } finally {
    fs.closeSync(descriptor);
  }
}

function writeBytes(fs: Fs, descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += fs.writeSync(descriptor, bytes, done, Math.min(CHUNK_BYTES, bytes.length - done));
  }
}

import type { BigIntStats, Stats } from 'node:fs';
import { XfdnnError } from '../error.js';
import { builtin } from './node.js';
import { baseName, compareNames, joinPath } from './path.js';
import { randomHex } from './random.js';

/** The kind of file at a path; links are followed. `other` is a pipe or a device. */
export type FileKind = 'file' | 'folder' | 'other' | 'absent';

export interface FileStatus {
  readonly kind: FileKind;
  /** Bytes; 0 unless `kind` is `file`. */
  readonly size: number;
}

/** One read or write; below the 2 GiB that the system calls take. */
const CHUNK_BYTES = 2 ** 26;

/** The path that stands for standard input where a file is read, and for standard output where one is written. */
const STANDARD = '-';

/** The kind and size of the file at `path`. Throws `file` only where the system refuses the query itself. */
export async function stat(path: string): Promise<FileStatus> {
  if (path === STANDARD) return { kind: 'other', size: 0 };
  const fs = await builtin('node:fs', path);
  try {
    return statusOf(fs.statSync(path));
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return { kind: 'absent', size: 0 };
    throw fileError(error, path, 'read');
  }
}

/** Whether there is a file, folder or device at `path`. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path)).kind !== 'absent';
}

/** The whole file, of any size that fits a typed array. Throws `file`: missing, a folder, not permitted. */
export async function readFile(path: string): Promise<Uint8Array> {
  return readInto(path, (size) => new Uint8Array(size));
}

/** The first bytes of a file, at most `count`. Throws `file`. */
export async function readStart(path: string, count: number): Promise<Uint8Array> {
  const fs = await builtin('node:fs', path);
  return withDescriptor(fs, path, (descriptor) => readAll(fs, descriptor, new Uint8Array(count)));
}

/** {@link readFile} into shared memory, so that all workers see one copy. */
export async function readFileShared(path: string): Promise<Uint8Array> {
  return readInto(path, (size) => new Uint8Array(new SharedArrayBuffer(size)));
}

/** Calls `visit` with one chunk of the file after another; the chunk's memory is reused. */
export async function readChunks(path: string, visit: (chunk: Uint8Array) => void): Promise<void> {
  const fs = await builtin('node:fs', path);
  const buffer = new Uint8Array(2 ** 22);
  withDescriptor(fs, path, (descriptor) => {
    for (;;) {
      const count = fs.readSync(descriptor, buffer, 0, buffer.length, null);
      if (count === 0) return;
      visit(buffer.subarray(0, count));
    }
  });
}

/**
 * Writes a file as a whole or not at all: into a temporary file beside it, which is then renamed. Missing folders are
 * made, a link is followed, a pipe or device is written directly. Text is written as UTF-8. Throws `file`.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const fs = await builtin('node:fs', path);
  const { dirname } = await builtin('node:path', path);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { kind } = await stat(path);
  if (kind === 'folder') throw wrongKind(path, 'a folder');
  try {
    if (path === STANDARD) return void writeBytes(fs, 1, bytes);
    if (kind === 'other') return writeAll(fs, fs.openSync(path, 'w'), bytes);
    makeFolder(fs, dirname, dirname(path));
    replaceFile(fs, kind === 'file' ? fs.realpathSync(path) : path, bytes);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

/** Throws `file` where {@link writeFileAtomic} could not write, so that long work fails before it begins. Writes nothing. */
export async function checkWritable(path: string): Promise<void> {
  const fs = await builtin('node:fs', path);
  const { dirname } = await builtin('node:path', path);
  const { kind } = await stat(path);
  if (kind === 'folder') throw wrongKind(path, 'a folder');
  if (kind === 'other') return;
  let folder = dirname(path);
  while (!fs.existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (!fs.statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

/** Whether two paths lead to one file, which need not exist yet. */
export async function sameFile(path: string, other: string): Promise<boolean> {
  if (path === STANDARD || other === STANDARD) return path === other;
  const fs = await builtin('node:fs', path);
  const { resolve } = await builtin('node:path', path);
  if (resolve(path) === resolve(other)) return true;
  if (!(await exists(path)) || !(await exists(other))) return false;
  const [a, b] = [path, other].map((each) => fs.statSync(each, { bigint: true })) as [BigIntStats, BigIntStats];
  return a.ino === b.ino && a.dev === b.dev;
}

/** Names of the plain files of a folder (links to files count, folders do not), in the byte order of UTF-8. */
export async function listFiles(folder: string): Promise<string[]> {
  const fs = await builtin('node:fs', folder);
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    const plain = entries.filter(
      (entry) => entry.isFile() || (entry.isSymbolicLink() && leadsToFile(fs, joinPath(folder, entry.name))),
    );
    return plain.map((entry) => entry.name).sort(compareNames);
  } catch (error) {
    if (errno(error) === 'ENOTDIR')
      throw new XfdnnError('file', folder, 'expected a folder, got a file.', 'Pass the folder that holds it.');
    throw fileError(error, folder, 'read', 'folder');
  }
}

/** Names of the folders in a folder, links to folders left out, in the byte order of UTF-8. */
export async function listFolders(folder: string): Promise<string[]> {
  const fs = await builtin('node:fs', folder);
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort(compareNames);
  } catch (error) {
    throw fileError(error, folder, 'read', 'folder');
  }
}

/** Removes a file, if there is one. */
export async function removeFile(path: string): Promise<void> {
  const fs = await builtin('node:fs', path);
  try {
    fs.rmSync(path, { force: true });
  } catch (error) {
    throw fileError(error, path, 'remove');
  }
}

/** An error of the operating system as an {@link XfdnnError} that names the path. */
export function fileError(error: unknown, path: string, action: 'read' | 'write' | 'remove', expected = 'file'): Error {
  if (error instanceof XfdnnError) return error;
  switch (errno(error)) {
    case 'ENOENT':
      if (action === 'write')
        return new XfdnnError('file', path, 'its folder is not there, or cannot be made.', 'Choose another path.');
      return new XfdnnError('file', path, `expected a ${expected}, found nothing there.`, 'Check the path.');
    case 'EISDIR':
      return wrongKind(path, 'a folder');
    case 'ENOTDIR':
    case 'EEXIST':
      return new XfdnnError(
        'file',
        path,
        `expected a ${expected}, but a part of the path is not a folder.`,
        'Check the path.',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new XfdnnError(
        'file',
        path,
        `permission to ${action} it is denied.`,
        'Change its permissions or choose another path.',
      );
    case 'ENOSPC':
      return new XfdnnError('file', path, 'no space is left on the device.', 'Free some, or choose another path.');
    default:
      return new XfdnnError(
        'file',
        path,
        `cannot ${action} it: ${error instanceof Error ? error.message : String(error)}.`,
      );
  }
}

type Fs = typeof import('node:fs');

async function readInto(path: string, allocate: (size: number) => Uint8Array): Promise<Uint8Array> {
  const fs = await builtin('node:fs', path);
  return withDescriptor(fs, path, (descriptor, status) => {
    if (status.kind === 'file' && status.size > 0) return readAll(fs, descriptor, allocate(status.size));
    const whole = fs.readFileSync(descriptor); // a pipe, or a file that does not tell its size
    const bytes = allocate(whole.length);
    bytes.set(whole);
    return bytes;
  });
}

function withDescriptor<T>(fs: Fs, path: string, use: (descriptor: number, status: FileStatus) => T): T {
  try {
    const descriptor = path === STANDARD ? 0 : fs.openSync(path, 'r');
    try {
      const status = statusOf(fs.fstatSync(descriptor));
      if (status.kind === 'folder') throw wrongKind(path, 'a folder');
      return use(descriptor, status);
    } finally {
      if (path !== STANDARD) fs.closeSync(descriptor);
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/** Fills `bytes` from the file. The result is shorter where the file shrank meanwhile. */
function readAll(fs: Fs, descriptor: number, bytes: Uint8Array): Uint8Array {
  let filled = 0;
  while (filled < bytes.length) {
    const count = fs.readSync(descriptor, bytes, filled, Math.min(CHUNK_BYTES, bytes.length - filled), null);
    if (count === 0) break;
    filled += count;
  }
  return filled === bytes.length ? bytes : bytes.subarray(0, filled);
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

function replaceFile(fs: Fs, path: string, bytes: Uint8Array): void {
  const name = baseName(path);
  const random = randomHex(1);
  const temporary = `${path.slice(0, path.length - name.length)}.${name.slice(0, 100)}.${random}.tmp`;
  try {
    writeAll(fs, fs.openSync(temporary, 'wx'), bytes);
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(fs: Fs, descriptor: number, bytes: Uint8Array): void {
  try {
    writeBytes(fs, descriptor, bytes);
  } finally {
    fs.closeSync(descriptor);
  }
}

function writeBytes(fs: Fs, descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += fs.writeSync(descriptor, bytes, done, Math.min(CHUNK_BYTES, bytes.length - done));
  }
}

function leadsToFile(fs: Fs, path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function statusOf(stats: Stats): FileStatus {
  if (stats.isFile()) return { kind: 'file', size: stats.size };
  return { kind: stats.isDirectory() ? 'folder' : 'other', size: 0 };
}

function wrongKind(path: string, got: string): XfdnnError {
  return new XfdnnError('file', path, `expected a file, got ${got}.`, 'Pass a file.');
}

function errno(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

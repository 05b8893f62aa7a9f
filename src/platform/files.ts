import type { Stats } from 'node:fs';
import { XfdnnError } from '../error.js';
import { type FileStatus, mounted, PART_BYTES } from './mounted-files.js';
import { builtin } from './node.js';
import { compareNames, joinPath, plainPath } from './path.js';

/** One read or write; below the 2 GiB that the system calls take. */
export const CHUNK_BYTES = 2 ** 26;

/** The path that stands for standard input where a file is read, and for standard output where one is written. */
export const STANDARD = '-';

/** The kind and size of the file at `path`. Throws `file` only where the system refuses the query itself. */
export async function stat(path: string): Promise<FileStatus> {
  if (path === STANDARD) return { kind: 'other', size: 0 };
  const memory = mounted();
  if (memory !== undefined) return memory.stat(path);
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

/** Called as a file is read: `done` of `size` bytes are there. What it throws ends the reading. */
export type OnBytes = (done: number, size: number) => Promise<void>;

/** The whole file, of any size that fits a typed array. Throws `file`: missing, a folder, not permitted. */
export async function readFile(path: string, onBytes?: OnBytes): Promise<Uint8Array> {
  return readWhole(path, (size) => new Uint8Array(size), onBytes);
}

/** The first bytes of a file, at most `count`. Throws `file`. */
export async function readStart(path: string, count: number): Promise<Uint8Array> {
  const memory = mounted();
  if (memory !== undefined) return memory.read(path, count);
  const fs = await builtin('node:fs', path);
  return withDescriptor(fs, path, (descriptor) => readAll(fs, descriptor, new Uint8Array(count)));
}

/** {@link readFile} into shared memory, so that all workers see one copy. */
export async function readFileShared(path: string, onBytes?: OnBytes): Promise<Uint8Array> {
  return readWhole(path, (size) => new Uint8Array(new SharedArrayBuffer(size)), onBytes);
}

async function readWhole(
  path: string,
  allocate: (size: number) => Uint8Array,
  onBytes: OnBytes | undefined,
): Promise<Uint8Array> {
  const memory = mounted();
  if (memory !== undefined) return onBytes === undefined ? memory.read(path) : memory.readInParts(path, onBytes);
  return onBytes === undefined ? readInto(path, allocate) : readInParts(path, allocate, onBytes);
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
 * What tells a file from others, whether it exists yet or not: its whole path, and where there is one its device and number.
 * Two paths lead to one file where they share a key.
 */
export async function fileKeys(path: string): Promise<string[]> {
  if (mounted() !== undefined) return [plainPath(path)];
  const fs = await builtin('node:fs', path);
  const { basename, dirname, isAbsolute, resolve } = await builtin('node:path', path);
  const attempt = <T>(query: () => T): T | undefined => {
    try {
      return query();
    } catch {
      return undefined;
    }
  };
  // A working folder that was removed has no name.
  const whole = isAbsolute(path) ? path : (attempt(() => resolve(path)) ?? path);
  const folder = attempt(() => fs.realpathSync(dirname(whole)));
  const found = attempt(() => fs.statSync(path, { bigint: true }));
  return [
    folder === undefined ? whole : joinPath(folder, basename(whole)),
    ...(found === undefined ? [] : [`${found.dev}:${found.ino}`]),
  ];
}

/** Names of the plain files of a folder (links to files count, folders do not), in the byte order of UTF-8. */
export async function listFiles(folder: string): Promise<string[]> {
  const memory = mounted();
  if (memory !== undefined) return memory.list(folder, 'file');
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
  const memory = mounted();
  if (memory !== undefined) return memory.list(folder, 'folder');
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
  const memory = mounted();
  if (memory !== undefined) return memory.remove(path);
  const fs = await builtin('node:fs', path);
  try {
    fs.rmSync(path, { force: true });
  } catch (error) {
    throw fileError(error, path, 'remove');
  }
}

/** An error of the operating system as an {@link XfdnnError} that names the path. */
export function fileError(
  error: unknown,
  given: string,
  action: 'read' | 'write' | 'remove',
  expected = 'file',
): Error {
  if (error instanceof XfdnnError) return error;
  const path = given === '' ? 'the empty path' : given;
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
    case 'ELOOP':
      return new XfdnnError(
        'file',
        path,
        `expected a ${expected}, got a link that leads to itself.`,
        'Remove the link.',
      );
    case 'EMFILE':
    case 'ENFILE':
      return new XfdnnError(
        'file',
        path,
        'too many files are open.',
        'Pass fewer --threads, or raise the limit (ulimit -n).',
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

/**
 * Node's file system.
 *
 * @internal
 */
export type Fs = typeof import('node:fs');

async function readInto(path: string, allocate: (size: number) => Uint8Array): Promise<Uint8Array> {
  const fs = await builtin('node:fs', path);
  return withDescriptor(fs, path, (descriptor, status) => {
    if (status.kind === 'file' && status.size > 0) return readAll(fs, descriptor, allocate(status.size));
    const whole = fs.readFileSync(descriptor); // a file that does not tell its size, as those of /proc
    const bytes = allocate(whole.length);
    bytes.set(whole);
    return bytes;
  });
}

/** {@link readInto} in parts, between which other work of this thread is done. A file that does not tell its size is one part. */
async function readInParts(
  path: string,
  allocate: (size: number) => Uint8Array,
  onBytes: OnBytes,
): Promise<Uint8Array> {
  const { kind, size } = await stat(path);
  if (kind !== 'file' || size === 0) return readInto(path, allocate);
  const fs = await builtin('node:fs', path);
  const bytes = allocate(size);
  const descriptor = readable(path, () => fs.openSync(path, 'r'));
  try {
    for (let done = 0; done < size; ) {
      const part = bytes.subarray(done, done + PART_BYTES);
      const read = readable(path, () => readAll(fs, descriptor, part)).length;
      // The file shrank meanwhile.
      if (read === 0) return bytes.subarray(0, done);
      done += read;
      await onBytes(done, size);
    }
    return bytes;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The result of reading a file. An error of the system becomes one that names the path. */
function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

function refuseOthers(path: string, { kind }: FileStatus): void {
  if (kind === 'folder') throw wrongKind(path, 'a folder');
  if (kind === 'other')
    throw new XfdnnError('file', path, 'expected a file, got a pipe or a device.', 'Write it to a file first.');
}

function withDescriptor<T>(fs: Fs, path: string, use: (descriptor: number, status: FileStatus) => T): T {
  try {
    // A pipe without a writer would never open, a device may never end.
    if (path !== STANDARD) refuseOthers(path, statusOf(fs.statSync(path)));
    const descriptor = path === STANDARD ? 0 : fs.openSync(path, 'r');
    try {
      const status = statusOf(fs.fstatSync(descriptor));
      if (path !== STANDARD) refuseOthers(path, status);
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

function leadsToFile(fs: Fs, path: string): boolean {
  try {
    return fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    // A link that leads to itself leads to no file.
    if (errno(error) === 'ELOOP') return false;
    throw error;
  }
}

function statusOf(stats: Stats): FileStatus {
  if (stats.isFile()) return { kind: 'file', size: stats.size };
  return { kind: stats.isDirectory() ? 'folder' : 'other', size: 0 };
}

/** The error of a path that is not a file. */
export function wrongKind(path: string, got: string): XfdnnError {
  return new XfdnnError('file', path, `expected a file, got ${got}.`, 'Pass a file.');
}

/** The system's code of an error, such as ENOENT. */
export function errno(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}

import { fail, required } from '../error.js';
import { fileError } from './files.js';
import { builtin, isNode, nodeProcess } from './node.js';
import { joinPath } from './path.js';
import { randomHex } from './random.js';

/** Bytes stored outside the heap. Offsets and sizes are bytes. */
export interface TemporaryFile {
  /** Bytes written so far. */
  readonly size: number;
  /** The descriptor, which other threads of this process may pass to {@link attachTemporaryFile}; -1 in a browser. */
  readonly descriptor: number;
  /** Writes at the end; returns the offset where the bytes begin. Throws `file` when the device is full. */
  append(bytes: Uint8Array): number;
  /** Overwrites bytes at an `offset` that an earlier `append` of at least as many bytes returned. */
  overwrite(offset: number, bytes: Uint8Array): void;
  /** Fills all of `into` with the bytes from `offset` on. Throws `internal` where fewer were written. */
  read(offset: number, into: Uint8Array): void;
  /** Frees the space. */
  close(): void;
}

/**
 * An empty temporary file, in `folder` or the system's own, which is made when something is written to it. Its name is
 * removed as soon as it is open, so that the space is freed however the run ends. Where a system refuses that, the name is
 * removed at the end of the process. In a browser the bytes stay in memory.
 */
export async function openTemporaryFile(folder?: string): Promise<TemporaryFile> {
  if (!isNode()) return memoryFile();
  const fs = await builtin('node:fs', 'temporary file');
  const { tmpdir } = await builtin('node:os', 'temporary file');
  const path = joinPath(folder ?? tmpdir(), `xfdnn-${randomHex(3)}.tmp`);
  return descriptorFile(fs, path);
}

/** The reading end of a {@link TemporaryFile} that another thread of this process opened and keeps open. */
export async function attachTemporaryFile(descriptor: number): Promise<Pick<TemporaryFile, 'read'>> {
  const fs = await builtin('node:fs', 'temporary file');
  return { read: (offset, into) => readAt(fs, descriptor, offset, into, 'temporary file') };
}

type Fs = typeof import('node:fs');

function removeName(fs: Fs, path: string): void {
  try {
    fs.unlinkSync(path);
  } catch {
    nodeProcess?.once('exit', () => fs.rmSync(path, { force: true }));
  }
}

function create(fs: Fs, path: string): number {
  try {
    const descriptor = fs.openSync(path, 'wx+', 0o600);
    removeName(fs, path);
    return descriptor;
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

function descriptorFile(fs: Fs, path: string): TemporaryFile {
  let size = 0;
  let opened: number | undefined;
  const descriptor = (): number => (opened ??= create(fs, path));
  return {
    get descriptor() {
      return descriptor();
    },
    get size() {
      return size;
    },
    append(bytes) {
      const offset = size;
      writeAt(fs, descriptor(), offset, bytes, path);
      size += bytes.length;
      return offset;
    },
    overwrite: (offset, bytes) => writeAt(fs, descriptor(), offset, bytes, path),
    read: (offset, into) => readAt(fs, descriptor(), offset, into, path),
    close: () => {
      if (opened !== undefined) fs.closeSync(opened);
    },
  };
}

function writeAt(fs: Fs, descriptor: number, offset: number, bytes: Uint8Array, path: string): void {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += fs.writeSync(descriptor, bytes, done, Math.min(2 ** 30, bytes.length - done), offset + done);
    }
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

function readAt(fs: Fs, descriptor: number, offset: number, into: Uint8Array, path: string): void {
  try {
    for (let done = 0; done < into.length; ) {
      const count = fs.readSync(descriptor, into, done, Math.min(2 ** 30, into.length - done), offset + done);
      if (count === 0) pastTheEnd(offset, into.length);
      done += count;
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

function memoryFile(): TemporaryFile {
  const parts = new Map<number, Uint8Array>();
  let size = 0;
  return {
    descriptor: -1,
    get size() {
      return size;
    },
    append(bytes) {
      const offset = size;
      parts.set(offset, bytes.slice());
      size += bytes.length;
      return offset;
    },
    overwrite: (offset, bytes) => required(parts.get(offset), 'temporary file', `a part at byte ${offset}`).set(bytes),
    read(offset, into) {
      const end = offset + into.length;
      if (end > size) pastTheEnd(offset, into.length);
      for (const [start, part] of parts) {
        const from = Math.max(offset, start);
        const to = Math.min(end, start + part.length);
        if (from < to) into.set(part.subarray(from - start, to - start), from - offset);
      }
    },
    close: () => parts.clear(),
  };
}

function pastTheEnd(offset: number, bytes: number): never {
  return fail('internal', 'temporary file', `expected ${bytes} bytes at byte ${offset}, got the end of the file.`);
}

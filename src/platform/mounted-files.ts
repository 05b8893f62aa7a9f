import { XfdnnError } from '../error.js';
import { compareNames } from './path.js';

/** The kind of file at a path; links are followed. `other` is a pipe or a device. */
export type FileKind = 'file' | 'folder' | 'other' | 'absent';

/** What is at a path. */
export interface FileStatus {
  readonly kind: FileKind;
  /** Bytes; 0 unless `kind` is `file`. */
  readonly size: number;
}

/** Bytes that are read between two calls of `onBytes`. */
const PART_BYTES = 2 ** 23;

/** Contents of files by their path, with `/` between its parts. Threads share a Blob. */
export type FileContents = ReadonlyMap<string, Blob>;

/**
 * Files in memory that stand for the file system where there is none, as in a page: jobs read them and write into them.
 * A folder is there where a path leads through it.
 */
export class MountedFiles {
  private readonly written = new Map<string, Blob>();

  /** @param given what is read; the files that jobs write are kept apart. */
  constructor(readonly given: FileContents) {}

  /** What is at a path: a file that was given or written, a folder, or nothing. */
  stat(path: string): FileStatus {
    const found = this.written.get(path) ?? this.given.get(path);
    if (found !== undefined) return { kind: 'file', size: found.size };
    return { kind: this.inside(path).length > 0 ? 'folder' : 'absent', size: 0 };
  }

  /** The bytes of a file, at most `count`. Throws `file`. */
  async read(path: string, count = Infinity): Promise<Uint8Array> {
    const found = this.find(path);
    return new Uint8Array(await (count < found.size ? found.slice(0, count) : found).arrayBuffer());
  }

  /** The bytes of a file, read in parts between which `onBytes` is called. Throws `file`. */
  async readInParts(path: string, onBytes: (done: number, size: number) => Promise<void>): Promise<Uint8Array> {
    const found = this.find(path);
    const bytes = new Uint8Array(found.size);
    for (let done = 0; done < found.size; ) {
      const part = new Uint8Array(await found.slice(done, done + PART_BYTES).arrayBuffer());
      bytes.set(part, done);
      done += part.length;
      await onBytes(done, found.size);
    }
    return bytes;
  }

  /** Writes a file, in place of what is there. */
  write(path: string, content: Uint8Array | string): void {
    this.written.set(path, typeof content === 'string' ? new Blob([content]) : blobOf(content));
  }

  /** Removes a file that was written; one that was given is seen again. */
  remove(path: string): void {
    this.written.delete(path);
  }

  /** Names of the files, or of the folders, in a folder, in the byte order of UTF-8. */
  list(folder: string, kind: 'file' | 'folder'): string[] {
    const names = this.inside(folder).filter((rest) => rest.includes('/') === (kind === 'folder'));
    return [...new Set(names.map((rest) => rest.replace(/\/.*/, '')))].sort(compareNames);
  }

  private find(path: string): Blob {
    const found = this.written.get(path) ?? this.given.get(path);
    if (found === undefined) throw new XfdnnError('file', path, 'expected a file, found nothing there.');
    return found;
  }

  /** What follows the folder in the paths that lead through it. */
  private inside(folder: string): string[] {
    const start = folder === '' || folder === '.' ? '' : `${folder.replace(/\/$/, '')}/`;
    return [...this.given.keys(), ...this.written.keys()].flatMap((path) =>
      path.startsWith(start) ? [path.slice(start.length)] : [],
    );
  }
}

let current: MountedFiles | undefined;

/** The files that stand for the file system of this thread; undefined where none do. */
export const mounted = (): MountedFiles | undefined => current;

/**
 * Lets files in memory stand for the file system of this thread and of the workers that it calls, until {@link unmountFiles}: jobs read
 * the given ones by their paths and write beside them. Others that stood there are no longer there.
 */
export function mountFiles(given: ReadonlyMap<string, Blob | Uint8Array>): MountedFiles {
  const blobs = [...given].map(
    ([path, content]) => [path, content instanceof Blob ? content : blobOf(content)] as const,
  );
  current = new MountedFiles(new Map(blobs));
  return current;
}

const blobOf = (bytes: Uint8Array): Blob => new Blob([new Uint8Array(bytes)]);

/** Ends what {@link mountFiles} began: jobs read and write the file system again. */
export function unmountFiles(): void {
  current = undefined;
}

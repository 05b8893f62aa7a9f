import { fail } from '../error.js';
import { compareNames, plainPath } from './path.js';

/** The kind of file at a path; links are followed. `other` is a pipe or a device. */
export type FileKind = 'file' | 'folder' | 'other' | 'absent';

/** What is at a path. */
export interface FileStatus {
  readonly kind: FileKind;
  /** Bytes; 0 unless `kind` is `file`. */
  readonly size: number;
}

/** Bytes of a file that are read at a time where other work is done between, and where reading can be given up. */
export const PART_BYTES = 2 ** 23;

/** Contents of files by their paths, without `.` and empty parts, with `/` between its parts. Threads share a Blob. */
export type FileContents = ReadonlyMap<string, Blob>;

/**
 * Files in memory that stand for the file system where there is none, as in a page: jobs read them and write into them.
 * A folder is there where a path leads through it. Paths are compared as on disk: `./images//a.png` is `images/a.png`.
 */
export class MountedFiles {
  private readonly written = new Map<string, Blob>();

  /** @param given what is read; the files that jobs write are kept apart. */
  constructor(readonly given: FileContents) {}

  /** What is at a path: a file that was given or written, a folder, or nothing. */
  stat(path: string): FileStatus {
    const found = this.at(path);
    if (found !== undefined) return { kind: 'file', size: found.size };
    const isFolder = plainPath(path) === '' || this.inside(path).length > 0;
    return { kind: isFolder ? 'folder' : 'absent', size: 0 };
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
    this.written.set(plainPath(path), typeof content === 'string' ? new Blob([content]) : blobOf(content));
  }

  /** Throws `file` where no file can be written: at a folder, or below a file. */
  checkWritable(path: string): void {
    if (this.stat(path).kind === 'folder') fail('file', path, 'expected a file, got a folder.', 'Pass a file.');
    const parts = plainPath(path).split('/');
    if (parts.some((_, i) => i > 0 && this.at(parts.slice(0, i).join('/')) !== undefined))
      fail('file', path, 'expected a file, but a part of the path is not a folder.', 'Check the path.');
  }

  /** Removes a file that was written; one that was given is seen again. */
  remove(path: string): void {
    this.written.delete(plainPath(path));
  }

  /** Names of the files, or of the folders, in a folder, in the byte order of UTF-8. Throws `file` where there is no folder. */
  list(folder: string, kind: 'file' | 'folder'): string[] {
    const found = this.stat(folder).kind;
    if (found === 'absent') fail('file', folder, 'expected a folder, found nothing there.', 'Check the path.');
    if (found === 'file') fail('file', folder, 'expected a folder, got a file.', 'Pass the folder that holds it.');
    const names = this.inside(folder).filter((rest) => rest.includes('/') === (kind === 'folder'));
    return [...new Set(names.map((rest) => rest.replace(/\/.*/, '')))].sort(compareNames);
  }

  private at(path: string): Blob | undefined {
    const plain = plainPath(path);
    return this.written.get(plain) ?? this.given.get(plain);
  }

  private find(path: string): Blob {
    const found = this.at(path);
    if (found !== undefined) return found;
    if (this.stat(path).kind === 'folder') fail('file', path, 'expected a file, got a folder.', 'Pass a file.');
    return fail('file', path, 'expected a file, found nothing there.', 'Check the path.');
  }

  /** What follows the folder in the paths that lead through it. */
  private inside(folder: string): string[] {
    const start = plainPath(folder).replace(/[^/]$/, '$&/');
    return [...this.given.keys(), ...this.written.keys()].flatMap((path) =>
      path.startsWith(start) ? [path.slice(start.length)] : [],
    );
  }
}

let current: MountedFiles | undefined;

/** The files that stand for the file system of this thread; undefined where none do. */
export const mounted = (): MountedFiles | undefined => current;

/** Jobs with flags that this thread runs. */
let running = 0;

/**
 * The job, as one that keeps its files: while it runs, {@link mountFiles} and {@link unmountFiles} are refused, so that it writes where it
 * began to read.
 */
export function keepingFiles<Given extends unknown[], Result>(
  job: (...given: Given) => Promise<Result>,
): (...given: Given) => Promise<Result> {
  return async (...given) => {
    running++;
    try {
      return await job(...given);
    } finally {
      running--;
    }
  };
}

/**
 * Lets files in memory stand for the file system of this thread and of the workers that it calls, until {@link unmountFiles}: jobs read
 * the given ones by their paths and write beside them. Others that stood there are no longer there. Throws `usage` while a job with flags
 * is running, and for what is no Map of Blobs or Uint8Arrays by path.
 */
export function mountFiles(given: ReadonlyMap<string, Blob | Uint8Array>): MountedFiles {
  expectNoJob('mountFiles');
  current = new MountedFiles(contentsOf(given));
  return current;
}

/** Ends what {@link mountFiles} began: jobs read and write the file system again. Throws `usage` while a job with flags is running. */
export function unmountFiles(): void {
  expectNoJob('unmountFiles');
  current = undefined;
}

function expectNoJob(where: string): void {
  if (running > 0)
    fail(
      'usage',
      where,
      'expected no job to be running, got one that reads and writes the files as they are.',
      'Await its result, or end it with the hook signal and await its end.',
    );
}

function contentsOf(given: ReadonlyMap<unknown, unknown>): FileContents {
  if (!(given instanceof Map)) fail('usage', 'mountFiles', `expected a Map of contents by path, got ${kindOf(given)}.`);
  const contents = new Map<string, Blob>();
  for (const [path, content] of given) {
    if (typeof path !== 'string') fail('usage', 'mountFiles', `expected paths as keys, got ${kindOf(path)}.`);
    const where = `mountFiles: ${path}`;
    const plain = plainPath(path);
    if (plain === '' || plain === '/') fail('usage', where, 'expected the path of a file, got that of a folder.');
    if (contents.has(plain)) fail('usage', where, `expected one content for ${plain}, got two.`);
    if (content instanceof Blob) contents.set(plain, content);
    else if (content instanceof Uint8Array) contents.set(plain, blobOf(content));
    else fail('usage', where, `expected a Blob or a Uint8Array, got ${kindOf(content)}.`);
  }
  return contents;
}

/** What a value is, in words: `a string`, `an Array`. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const name = typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** Bytes as a Blob, which threads share. */
export const blobOf = (bytes: Uint8Array): Blob => new Blob([new Uint8Array(bytes)]);

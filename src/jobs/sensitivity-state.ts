import { fail } from '../error.js';
import { decodeText } from '../formats/text.js';
import type { EncodedImage, ImageSource } from '../images/index.js';
import { exists, readFile, sha256, writeFileAtomic } from '../platform/index.js';
import { jsonText } from '../report/json.js';
import type { ImageSensitivity } from '../verification/sensitivity/tasks.js';

/** What the results of a run depend on, by the words that messages name it with: plain data. */
export type RunInputs = Readonly<Record<string, unknown>>;

/** The first key of a kept state. */
const KIND = 'xfdnn sensitivity 2';

/** Milliseconds between two writes of a state. */
const PAUSE = 2000;

/** Measurements that a file keeps while they are made. */
export interface KeptState {
  readonly images: readonly ImageSensitivity[];
  /** Writes the state if the last write is a while ago. */
  keep(): Promise<void>;
  /** Writes the state with its result. */
  finish(result: unknown): Promise<void>;
}

/**
 * Opens the state of a run at a path: the kept measurements where the file is of the same inputs, else none. `path` absent:
 * nothing is kept. Throws `usage` for a file that is of another run or of another kind.
 */
export async function openState(
  path: string | undefined,
  inputs: RunInputs,
  size: { readonly images: number; readonly layers: number },
): Promise<KeptState> {
  const kept = path === undefined ? undefined : await keptImages(path, inputs, size);
  const images: ImageSensitivity[] =
    kept ??
    Array.from({ length: size.images }, () => ({
      base: null,
      layers: Array.from({ length: size.layers }, () => null),
    }));
  const write = async (result: unknown): Promise<void> => {
    if (path === undefined) return;
    // Measurements go on while a state is hashed and written.
    const measured = structuredClone(images);
    const digest = await digestOf(measured);
    await writeFileAtomic(path, jsonText({ kind: KIND, inputs, result, digest, measured }));
  };
  let last = Date.now();
  let writing: Promise<void> | null = null;
  const keep = async (): Promise<void> => {
    await write(null);
    last = Date.now();
    writing = null;
  };
  return {
    images,
    keep: async () => {
      if (writing === null && Date.now() - last >= PAUSE) writing = keep();
      await writing;
    },
    finish: async (result) => {
      await writing;
      await write(result);
    },
  };
}

async function keptImages(
  path: string,
  inputs: RunInputs,
  size: { readonly images: number; readonly layers: number },
): Promise<ImageSensitivity[] | undefined> {
  if (!(await exists(path))) return undefined;
  const state = stateOf(await readFile(path), path);
  if (state === undefined) return otherFile(path, 'another file, or one that was cut short');
  const other = Object.keys(inputs).find((key) => JSON.stringify(inputs[key]) !== JSON.stringify(state.inputs[key]));
  if (other !== undefined) return otherFile(path, `one of a run with another ${other}`);
  const { measured, digest } = state;
  if ((await digestOf(measured)) !== digest) return otherFile(path, 'one that was changed');
  const isWhole = measured.length === size.images && measured.every(({ layers }) => layers.length === size.layers);
  return isWhole ? measured : otherFile(path, 'one of other layers or images');
}

function otherFile(path: string, what: string): never {
  return fail(
    'usage',
    '--output',
    `expected no file, or the state of this run, at ${path}, got ${what}.`,
    'Remove the file, or pass another path.',
  );
}

interface State {
  readonly inputs: RunInputs;
  /** {@link digestOf} the measurements. */
  readonly digest: string;
  readonly measured: ImageSensitivity[];
}

/** SHA-256 of measurements as JSON: what was written by another hand is not taken for a measurement. */
function digestOf(measured: readonly ImageSensitivity[]): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(measured)));
}

/** The state in a file; undefined where it is none. */
function stateOf(bytes: Uint8Array, path: string): State | undefined {
  const text = decodeText(bytes, path);
  try {
    const state = JSON.parse(text);
    return state?.kind === KIND && isObject(state.inputs) && Array.isArray(state.measured) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The images of a source as hashes, with how they are prepared. */
export async function hashImages(source: ImageSource): Promise<unknown> {
  if ('inputs' in source) return inTurn(source.inputs, hashImages);
  if ('paths' in source) return { sha256: await inTurn(source.paths, sha256), preprocessing: source.preprocessing };
  if ('images' in source) {
    const hash = async ({ bytes }: EncodedImage): Promise<string> =>
      sha256(bytes instanceof Uint8Array ? bytes : new Uint8Array(await bytes.arrayBuffer()));
    return { sha256: await inTurn(source.images, hash), preprocessing: source.preprocessing };
  }
  return {
    sha256: await inTurn(source.arrays, ({ buffer, byteOffset, byteLength }) =>
      sha256(new Uint8Array(buffer, byteOffset, byteLength)),
    ),
  };
}

async function inTurn<T, R>(list: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of list) results.push(await make(item));
  return results;
}

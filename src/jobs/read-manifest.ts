import { fail } from '../error.js';
import { decodeText } from '../formats/text.js';
import { readFile } from '../platform/index.js';

/** A file of a recorded run. */
export interface RecordedFile {
  readonly file: string;
  /** Null where the run had none. */
  readonly sha256: string | null;
}

/** What is read of a manifest. */
export interface Manifest {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly resolved: Readonly<Record<string, unknown>>;
  readonly calibration_seed: number | null;
  readonly model: RecordedFile | null;
  readonly weights: RecordedFile | null;
  readonly images: readonly (RecordedFile & { readonly input?: string })[];
  readonly output: RecordedFile | null;
}

type Test = (value: unknown) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isString: Test = (value) => typeof value === 'string';
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
const isFile: Test = (value) => isObject(value) && isString(value['file']) && orNull(isString)(value['sha256']);
const isImage: Test = (value) =>
  isFile(value) && isObject(value) && (value['input'] === undefined || isString(value['input']));

/** What each member must be. */
const MEMBERS: Readonly<Record<keyof Manifest, Test>> = {
  flags: isObject,
  resolved: isObject,
  calibration_seed: orNull((value) => typeof value === 'number'),
  model: orNull(isFile),
  weights: orNull(isFile),
  images: (value) => Array.isArray(value) && value.every(isImage),
  output: orNull(isFile),
};

/** Reads the manifest of a `quantize` run. Throws `file`, and `format` for another file, or for a member of a wrong kind. */
export async function readManifest(path: string): Promise<Manifest> {
  const json = parsed(decodeText(await readFile(path), path));
  const other = (got: string): never =>
    fail('format', path, `expected a manifest of quantize, got ${got}.`, 'Write one with --manifest FILE.');
  if (!isObject(json) || !('flags' in json && 'resolved' in json && 'images' in json)) return other('another file');
  const wrong = Object.entries(MEMBERS).find(([key, test]) => !test(json[key]));
  return wrong === undefined ? (json as unknown as Manifest) : other(`one whose "${wrong[0]}" is damaged`);
}

/** The JSON of a text; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { fail } from '../error.js';
import type { CalibrationFiles } from '../images/index.js';
import { sha256, VERSION } from '../platform/index.js';
import type { Pause } from '../runtime/pause.js';

/** The flags of a calibration. `deploy_model` and `weights` are hashed; every flag is copied. */
interface ManifestFlags {
  readonly deploy_model?: string | undefined;
  readonly weights?: string | undefined;
}

/** The files of one input of a network, which has a name where there are several. */
export interface InputImages {
  readonly input?: string;
  readonly paths: readonly string[];
}

/** The kind of multipliers where the calibrator chooses that of each channel. */
export const BY_CHANNEL = 'by channel';

/** SHA-256 of files by their path. */
export type FileHashes = ReadonlyMap<string, string>;

/** SHA-256 of the files that a calibration reads, by path. Throws `file`. `pause` is called before each. */
export async function hashInputs(
  flags: ManifestFlags,
  images: readonly InputImages[],
  pause: Pause,
): Promise<FileHashes> {
  const hashes = new Map<string, string>();
  for (const path of [flags.deploy_model, flags.weights, ...images.flatMap(({ paths }) => paths)]) {
    await pause();
    if (path !== undefined) hashes.set(path, await sha256(path));
  }
  await pause();
  return hashes;
}

/** Throws `data`, naming the file, where one is another now than when it was hashed. */
export async function expectUnchanged(hashes: FileHashes): Promise<void> {
  for (const [path, hash] of hashes)
    if ((await sha256(path)) !== hash)
      fail('data', path, 'expected it to stay the same during the run, got another file.', 'Run again.');
}

/** What a calibration read and wrote. */
export interface CalibrationRecord {
  readonly files: CalibrationFiles;
  /** Of each input; none where the images are random. */
  readonly images: readonly InputImages[];
  /** {@link hashInputs} from before the run. */
  readonly hashes: FileHashes;
  /** The scaling file: its path, and its text. */
  readonly output: { readonly path: string; readonly text: string };
}

/**
 * The JSON that repeats a calibration: the version of this package, the flags as given, the seed that was used, the
 * chosen files, the values of defaults (`resolved`), and SHA-256 of model, weights, images (of every input) and output.
 * File names are as they were given.
 */
export async function manifestText(
  flags: ManifestFlags,
  { files, images, hashes, output }: CalibrationRecord,
  resolved: Readonly<Record<string, unknown>>,
): Promise<string> {
  const recorded = (file: string | undefined) =>
    file === undefined ? null : { file, sha256: hashes.get(file) ?? null };
  const recordedImages = images.flatMap(({ input, paths }) =>
    paths.map((image, i) => ({
      ...(input === undefined ? {} : { input }),
      file: files.names[i],
      index: files.indices[i],
      sha256: hashes.get(image) ?? null,
    })),
  );
  const manifest = {
    version: VERSION,
    flags: Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)),
    resolved,
    calibration_seed: files.seed ?? null,
    model: recorded(flags.deploy_model),
    weights: recorded(flags.weights),
    images: recordedImages,
    output: { file: output.path, sha256: await sha256(new TextEncoder().encode(output.text)) },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

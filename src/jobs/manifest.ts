import { fail } from '../error.js';
import type { CalibrationFiles } from '../images/index.js';
import { sha256, VERSION, writeFileAtomic } from '../platform/index.js';

/** The flags of a calibration. `deploy_model` and `weights` are hashed; every flag is copied. */
interface ManifestFlags {
  readonly deploy_model?: string | undefined;
  readonly weights?: string | undefined;
}

/** SHA-256 of files by their path. */
export type FileHashes = ReadonlyMap<string, string>;

/** SHA-256 of the files that a calibration reads, by path. Throws `file`. */
export async function hashInputs(flags: ManifestFlags, images: readonly string[]): Promise<FileHashes> {
  const hashes = new Map<string, string>();
  for (const path of [flags.deploy_model, flags.weights, ...images])
    if (path !== undefined) hashes.set(path, await sha256(path));
  return hashes;
}

/** Throws `data`, naming the file, where one is another now than when it was hashed. */
export async function expectUnchanged(hashes: FileHashes): Promise<void> {
  for (const [path, hash] of hashes)
    if ((await sha256(path)) !== hash)
      fail('data', path, 'expected it to stay the same during the run, got another file.', 'Run again.');
}

/**
 * Writes the JSON that repeats a calibration: the version of this package, the flags as given, the seed that was used, the
 * chosen files, the values of defaults (`resolved`), and SHA-256 of model, weights, images and output. File names are as
 * they were given. `inputs`: {@link hashInputs} from before the run.
 */
export async function writeManifest(
  path: string,
  flags: ManifestFlags,
  files: CalibrationFiles,
  output: string,
  resolved: Readonly<Record<string, unknown>>,
  inputs: FileHashes,
): Promise<void> {
  const recorded = (file: string | undefined) =>
    file === undefined ? null : { file, sha256: inputs.get(file) ?? null };
  const manifest = {
    version: VERSION,
    flags: Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)),
    resolved,
    calibration_seed: files.seed ?? null,
    model: recorded(flags.deploy_model),
    weights: recorded(flags.weights),
    images: files.names.map((file, i) => ({
      file,
      index: files.indices[i],
      sha256: inputs.get(files.paths[i] ?? '') ?? null,
    })),
    output: { file: output, sha256: await sha256(output) },
  };
  await writeFileAtomic(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

import { fail } from '../error.js';
import type { CalibrationFiles } from '../images/index.js';
import { sha256, writeFileAtomic } from '../platform/index.js';

/** The flags of a calibration. `deploy_model` and `weights` are hashed; every flag is copied. */
interface ManifestFlags {
  readonly deploy_model?: string | undefined;
  readonly weights?: string | undefined;
}

/** SHA-256 of the files that a calibration reads, by path, before it reads them. */
export type InputHashes = ReadonlyMap<string, string>;

/** Hashes model, weights and images. Throws `file`. */
export async function hashInputs(flags: ManifestFlags, files: CalibrationFiles): Promise<InputHashes> {
  const hashes = new Map<string, string>();
  for (const path of [flags.deploy_model, flags.weights, ...files.paths])
    if (path !== undefined && !hashes.has(path)) hashes.set(path, await sha256(path));
  return hashes;
}

/** Throws `file` where an input is another than before: the manifest would not tell what was calibrated on. */
export async function expectUnchanged(hashes: InputHashes): Promise<void> {
  for (const [path, hash] of hashes) {
    if ((await sha256(path)) !== hash)
      fail('file', path, 'expected a file that stays as it is during the run, got another content.', 'Run again.');
  }
}

/**
 * Writes the JSON that repeats a calibration: the flags as given, the seed that was used, the chosen files, the values of
 * defaults (`resolved`), and SHA-256 of model, weights, images and output. File names are as they were given.
 */
export async function writeManifest(
  path: string,
  flags: ManifestFlags,
  { files, hashes }: { readonly files: CalibrationFiles; readonly hashes: InputHashes },
  output: string,
  resolved: Readonly<Record<string, unknown>>,
): Promise<void> {
  const hash = async (file: string | undefined): Promise<{ file: string; sha256: string } | null> =>
    file === undefined ? null : { file, sha256: hashes.get(file) ?? (await sha256(file)) };
  const manifest = {
    flags: Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)),
    resolved,
    calibration_seed: files.seed ?? null,
    model: await hash(flags.deploy_model),
    weights: await hash(flags.weights),
    images: files.names.map((file, i) => ({ file, index: files.indices[i], sha256: hashes.get(files.paths[i] ?? '') })),
    output: await hash(output),
  };
  await writeFileAtomic(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

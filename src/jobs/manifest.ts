import type { CalibrationFiles } from '../images/index.js';
import { sha256, writeFileAtomic } from '../platform/index.js';

/** The flags of a calibration. `deploy_model` and `weights` are hashed; every flag is copied. */
interface ManifestFlags {
  readonly deploy_model?: string | undefined;
  readonly weights?: string | undefined;
}

/**
 * Writes the JSON that repeats a calibration: the flags as given, the seed that was used, the chosen files, the values of
 * defaults (`resolved`), and SHA-256 of model, weights, images and output. File names are as they were given.
 */
export async function writeManifest(
  path: string,
  flags: ManifestFlags,
  files: CalibrationFiles,
  output: string,
  resolved: Readonly<Record<string, unknown>>,
): Promise<void> {
  const hash = async (file: string | undefined): Promise<{ file: string; sha256: string } | null> =>
    file === undefined || file === '-' ? null : { file, sha256: await sha256(file) };
  const hashes: string[] = [];
  for (const image of files.paths) hashes.push(await sha256(image));
  const manifest = {
    flags: Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)),
    resolved,
    calibration_seed: files.seed ?? null,
    model: await hash(flags.deploy_model),
    weights: await hash(flags.weights),
    images: files.names.map((file, i) => ({ file, index: files.indices[i], sha256: hashes[i] })),
    output: await hash(output),
  };
  await writeFileAtomic(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

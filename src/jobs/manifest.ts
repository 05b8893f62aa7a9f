import type { CalibrationFiles } from '../images/index.js';
import { sha256, writeFileAtomic } from '../platform/index.js';
import type { QuantizeOptions } from './quantize.js';

/**
 * Writes what it takes to repeat a calibration: the flags as given, the seed that was used, the files that were
 * chosen, what the defaults came to, and SHA-256 of model, weights, images and output. File names are as they were given.
 */
export async function writeManifest(
  path: string,
  options: QuantizeOptions,
  files: CalibrationFiles,
  output: string,
  resolved: Readonly<Record<string, unknown>>,
): Promise<void> {
  const hash = async (file: string | undefined): Promise<{ file: string; sha256: string } | null> =>
    file === undefined ? null : { file, sha256: await sha256(file) };
  const images = [];
  for (const [i, name] of files.names.entries())
    images.push({ file: name, index: files.indices[i], sha256: await sha256(files.paths[i]!) });
  const manifest = {
    flags: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    resolved,
    calibration_seed: files.seed ?? null,
    model: await hash(options.deploy_model),
    weights: await hash(options.weights),
    images,
    output: await hash(output),
  };
  await writeFileAtomic(path, JSON.stringify(manifest, null, 2) + '\n');
}

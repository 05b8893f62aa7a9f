import { fail, type XfdnnError } from '../error.js';
import { type CalibrationFiles, type ImageSource, isBadImage, openImages } from '../images/index.js';
import type { JobHooks } from './hooks.js';

/** Images of a job, and the files that they come from. */
export interface UsableImages {
  readonly files: CalibrationFiles;
  readonly source: ImageSource;
}

/**
 * The chosen files as images. With `skip`, without those that cannot be decoded for one of the network's inputs, each
 * named in a warning; random images have no files to be skipped. `sourceOf`: how files are read. `place` names them in
 * errors. Throws `data` where no file is left, and the errors of reading a file that are not about its image.
 */
export async function usableImages(
  chosen: CalibrationFiles,
  sourceOf: (files: CalibrationFiles) => ImageSource,
  { skip, place }: { readonly skip: boolean | undefined; readonly place: string },
  hooks: JobHooks,
): Promise<UsableImages> {
  const source = sourceOf(chosen);
  if (skip !== true || chosen.paths.length === 0) return { files: chosen, source };
  const files = await goodFiles(chosen, source, place, hooks);
  return { files, source: sourceOf(files) };
}

/** A warning of an image that is left out: what to do about it is done. */
export function skippedLine({ where, detail }: XfdnnError): string {
  return `skipped: ${where}: ${detail}`;
}

async function goodFiles(
  files: CalibrationFiles,
  source: ImageSource,
  folder: string,
  hooks: JobHooks,
): Promise<CalibrationFiles> {
  const good = new Set<number>();
  const load = openImages(source);
  const inputs = 'inputs' in source ? [...source.inputs.keys()] : [0];
  for (const index of files.paths.keys()) {
    try {
      for (const input of inputs) await load(index, input);
      good.add(index);
    } catch (error) {
      if (!isBadImage(error)) throw error;
      hooks.warn?.(skippedLine(error));
    }
  }
  if (good.size === 0)
    fail('data', folder, `expected at least one usable image, got none among the ${files.paths.length} chosen.`);
  const pick = <T>(list: readonly T[]): T[] => list.filter((_, index) => good.has(index));
  return { ...files, names: pick(files.names), paths: pick(files.paths), indices: pick(files.indices) };
}

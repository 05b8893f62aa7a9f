import { type ImageSource, imageCount } from '../../src/images/index.js';
import { filesOf } from '../../src/jobs/calibration-flags.js';
import { usableImages } from '../../src/jobs/good-files.js';
import { classCount, readLabels } from '../../src/jobs/labels.js';
import { firstImages, type NamedImages } from '../../src/jobs/network-inputs.js';
import { expectResult } from './session.js';

/** The images that a result is judged on. */
export interface Judged {
  /** The most images, of the first ones. */
  readonly images: number;
  /** The folder of images other than those of the calibration; those where undefined. */
  readonly folder: string | undefined;
}

/**
 * The images that the last calibration is judged on, preprocessed as its own are. `warn`: called with each that is left out.
 * Throws as `verify` for images that do not fit.
 */
export async function judgedImages(
  { images, folder }: Judged,
  warn: (line: string) => void = () => undefined,
): Promise<NamedImages> {
  const { source, files, flags } = expectResult();
  if (folder === undefined) {
    const chosen = firstImages(source, images);
    return { source: chosen, names: files.names.slice(0, imageCount(chosen)) };
  }
  const indices = Array.from({ length: images }, (_, index) => index);
  const listed = await filesOf(folder, { size: images, indices, recursive: true });
  const sourceOf = ({ paths }: { readonly paths: readonly string[] }): ImageSource => ({
    ...(source as Extract<ImageSource, { readonly paths: readonly string[] }>),
    paths,
  });
  const options = { skip: flags.skip_bad_images, place: folder };
  const judged = await usableImages(listed, sourceOf, options, { warn });
  return { source: judged.source, names: judged.files.names };
}

/** Images that a result is judged on, with the file of their labels. */
export interface Labelled extends Judged {
  readonly labels: string | undefined;
}

/** The classes of images by the labels' file; undefined where there is none. Throws as `verify` for labels that do not fit. */
export async function labelsOf(labels: string | undefined, names: readonly string[]): Promise<number[] | undefined> {
  return labels === undefined ? undefined : readLabels(labels, names, classCount(expectResult().graph));
}

/** The classes of the images that a result is judged on. Throws as {@link labelsOf}. */
export async function labels({ labels: file, ...judged }: Labelled): Promise<number[] | undefined> {
  return labelsOf(file, (await judgedImages(judged)).names);
}

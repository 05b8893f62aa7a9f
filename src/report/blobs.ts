import { formatShape, type Shape } from '../tensor.js';
import { visibleText } from './visible-text.js';

/** A blob that was written to a file. */
interface WrittenBlob {
  readonly name: string;
  readonly path: string;
  readonly shape: Shape;
}

/** One line for each file: name, shape and path of the blob. */
export function blobsText(files: readonly WrittenBlob[]): string {
  return visibleText(files)
    .map(({ name, path, shape }) => `${name} ${formatShape(shape)}: ${path}\n`)
    .join('');
}

import { visibleText } from './visible-text.js';
import { counted } from './words.js';

/** One line: what a kit holds. */
export function exportText(
  result: {
    readonly overlay: string;
    readonly layers: readonly string[];
    readonly images: readonly string[];
    readonly files: readonly string[];
  },
  folder: string,
): string {
  const { overlay, layers, images, files } = visibleText(result);
  return `${visibleText(folder)}: ${counted(layers.length, 'layer')} of overlay ${overlay}, golden codes of ${counted(images.length, 'image')}, ${counted(files.length, 'file')}; network.json lists them.\n`;
}

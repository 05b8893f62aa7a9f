import { fail } from '../error.js';
import { baseName, readFile } from '../platform/index.js';

/**
 * The right class of each image, by its file name. The file has lines of `file class`, class a whole number from 0;
 * folders before the name do not matter, empty lines and lines that begin with # are skipped. `classes`: how many the network knows.
 */
export async function readLabels(path: string, names: readonly string[], classes: number): Promise<number[]> {
  const labels = new Map<string, number>();
  new TextDecoder()
    .decode(await readFile(path))
    .split('\n')
    .forEach((line, index) => {
      const text = line.trim();
      if (text === '' || text.startsWith('#')) return;
      const match = /^(.*\S)\s+(\d+)$/.exec(text);
      if (match === null)
        fail(
          'format',
          `${path}:${index + 1}`,
          `expected "file class", got "${text}".`,
          'Write one file name and the number of its class in each line.',
        );
      if (Number(match[2]) >= classes)
        fail(
          'data',
          `${path}:${index + 1}`,
          `expected a class from 0 to ${classes - 1}, got ${match[2]}.`,
          'Classes are counted from 0.',
        );
      labels.set(baseName(match[1]!), Number(match[2]));
    });
  return names.map(
    (name) =>
      labels.get(name) ??
      fail(
        'data',
        path,
        `expected a line for the image "${name}", got none.`,
        'Add its class, or take the image out of the folder.',
      ),
  );
}

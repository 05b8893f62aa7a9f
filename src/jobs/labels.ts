import { fail } from '../error.js';
import { decodeText } from '../formats/text.js';
import type { Graph } from '../graph/graph.js';
import { baseName, readFile } from '../platform/index.js';
import { elements } from '../tensor.js';

/** The number of classes that a network tells apart: the elements of its largest output. */
export function classCount({ outputs, values }: Graph): number {
  return Math.max(...outputs.map((id) => elements(values[id]?.shape ?? [])));
}

/**
 * The class of each image, by its file name. The file has lines of `file class`, class a whole number from 0. Folders
 * before the name do not matter; empty lines and lines that begin with # are skipped. `classes`: the number of classes of
 * the network. Throws `file`, `format`, and `data` for a class that is too large, for an image without a line, and for a
 * file name with two classes.
 */
export async function readLabels(path: string, names: readonly string[], classes: number): Promise<number[]> {
  const lines = decodeText(await readFile(path), path).split('\n');
  const labels = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const where = `${path}:${index + 1}`;
    for (const [name, label] of parseLabel(line, where)) {
      if (label >= classes)
        fail('data', where, `expected a class from 0 to ${classes - 1}, got ${label}.`, 'Classes are counted from 0.');
      const other = labels.get(name) ?? label;
      if (other !== label) severalClasses(where, name, other, label);
      labels.set(name, label);
    }
  }
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

function severalClasses(where: string, name: string, first: number, second: number): never {
  return fail(
    'data',
    where,
    `expected one class for the image "${name}", got ${second} after ${first}.`,
    'Folders before the name do not matter: rename one of the images, or correct the class.',
  );
}

/** File name and class of a line of labels; nothing for an empty line or a comment. Throws `format`, naming `where`. */
export function parseLabel(line: string, where: string): [string, number][] {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return [];
  const [, file, label] = /^(.*\S)\s+(\d+)$/s.exec(text) ?? [];
  if (file === undefined || label === undefined)
    return fail(
      'format',
      where,
      `expected a file name and its class, a whole number from 0, got "${text}".`,
      'Write lines such as "0000.png 3", without a heading.',
    );
  return [[baseName(file), Number(label)]];
}

import type { Layer } from '../../src/caffe/layer.js';
import { readPrototxt } from '../../src/caffe/prototxt.js';

/** Layers as `name: bottoms -> tops`, one a line. */
export function layersOf(lines: string): readonly Layer[] {
  const text = lines
    .trim()
    .split('\n')
    .map((line) => {
      const [, name, bottoms, tops] = /^\s*(\S+):(.*)->(.*)$/.exec(line)!;
      const list = (key: string, words: string) =>
        words
          .trim()
          .split(/\s+/)
          .filter((word) => word !== '')
          .map((word) => `${key}: "${word}"`)
          .join(' ');
      return `layer { name: "${name}" type: "T" ${list('bottom', bottoms!)} ${list('top', tops!)} }`;
    });
  return readPrototxt(text.join('\n'), 'net').layers;
}

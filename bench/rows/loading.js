import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCaffemodel } from '../formats/caffemodel.js';
import { networks, unfoldedGraph } from '../networks/index.js';
import { freshRace } from '../race.js';
import { openScratch } from '../scratch.js';
import { compared, megabytes } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

/**
 * VGG-16 from its files against reading the larger one, each time in a new process, and the most memory that process
 * held, Node included.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* loadingRows({ only, runs }, progress) {
  if (!only.has('loading')) return;
  progress('loading VGG-16');
  const scratch = openScratch();
  try {
    const [model, weights] = [join(scratch.folder, 'vgg16.prototxt'), join(scratch.folder, 'vgg16.caffemodel')];
    writeFileSync(model, networks['vgg16'].prototxt());
    writeCaffemodel(weights, unfoldedGraph('vgg16'));
    const [ours, theirs] = await freshRace(
      [
        { title: 'ours', name: 'loading', config: { method: 'load', model, weights } },
        { title: 'reading the file', name: 'loading', config: { method: 'read', model, weights } },
      ],
      Math.min(runs, 5),
    );
    const bytes = statSync(weights).size;
    yield compared({
      what: `loading VGG-16, ${megabytes(bytes)}`,
      threads: null,
      ours,
      theirs,
      limits: { asked: 3, wanted: 1.5 },
    });
    const ratio = ours.peakBytes / bytes;
    yield {
      what: 'the same, peak memory of the process',
      threads: null,
      against: 'size of the file',
      ours: megabytes(ours.peakBytes),
      theirs: megabytes(bytes),
      ratios: [ratio, ratio],
      limits: { asked: 1.3, wanted: null },
      note: `reading alone: ${megabytes(theirs.peakBytes)}`,
    };
  } finally {
    scratch.close();
  }
}

import { mkdirSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { shapesOf } from '../../dist/src/graph/shapes.js';
import { opOf } from '../../dist/src/ops/index.js';
import { commandRace, ourJob } from '../command.js';
import { unfoldedGraph } from '../networks/index.js';
import { DEPTHS } from '../networks/resnet.js';
import { layOutPhotos } from '../photos.js';
import { drawLines } from '../plots.js';
import { openScratch } from '../scratch.js';
import { compared, megabytes } from '../table.js';
import { layOutNetwork } from './calibration.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */
/** @typedef {import('../race.js').Times} Times */

/**
 * A row of jobs that grow. `amounts`: what a job has of what grows, ascending; `unit`: what is counted there; `network` and `images`:
 * of each job; `size`: of its input; `work`: what its time is divided by.
 * @typedef {object} Growth
 * @property {string} title
 * @property {string} unit
 * @property {readonly number[]} amounts
 * @property {(amount: number) => { network: string, images: number, size?: number }} job
 * @property {(amount: number) => number} work
 * @property {string} per
 */

const FEW = 8;
const MOST_ROUNDS = 3;

/** @type {Readonly<Record<string, Growth>>} */
const growths = {
  images: {
    title: 'GoogLeNet',
    unit: 'images',
    amounts: [8, 16, 32, 64, 128, 256, 512, 1024],
    job: (images) => ({ network: 'googlenet', images }),
    work: (images) => images,
    per: 'image',
  },
  depth: {
    title: `ResNet, ${FEW} images`,
    unit: 'layers',
    amounts: DEPTHS,
    job: (depth) => ({ network: `resnet${depth}`, images: FEW }),
    work: (depth) => (FEW * macsOf(`resnet${depth}`)) / 1e9,
    per: '10^9 multiply-accumulates',
  },
  size: {
    title: `GoogLeNet, ${FEW} images`,
    unit: 'pixels of a side',
    amounts: [224, 320, 416, 512, 608],
    job: (size) => ({ network: 'googlenet', images: FEW, size }),
    work: (size) => (FEW * macsOf('googlenet', size)) / 1e9,
    per: '10^9 multiply-accumulates',
  },
};

/** Of one image. @param {string} network @param {number} [size] */
function macsOf(network, size) {
  const graph = unfoldedGraph(network, size);
  return graph.nodes.reduce((sum, node) => sum + (opOf(node).macs?.(node, shapesOf(graph, node)) ?? 0), 0);
}

/**
 * How the time and the memory of `quantize` grow with the number of images, with depth or with the size of the input: the whole
 * command in new processes, the largest job against the smallest.
 * @param {keyof typeof growths} name @returns {(options: Options, progress: (label: string) => void) => AsyncGenerator<Row>}
 */
export const growthRowsOf = (name) =>
  async function* ({ only, runs, record }, progress) {
    if (!only.has(name)) return;
    progress(`growth with ${name}`);
    const times = await raceOf(growths[name], Math.min(runs, MOST_ROUNDS));
    if (record) drawLines(`growth-${name}`, growths[name], times);
    yield* rowsOf(growths[name], times);
  };

/** @param {Growth} growth @param {number} runs */
async function raceOf({ amounts, job }, runs) {
  const scratch = openScratch();
  try {
    const photos = join(scratch.folder, 'photos');
    mkdirSync(photos);
    layOutPhotos(photos, Math.max(...amounts.map((amount) => job(amount).images)));
    const commands = amounts.map((amount) => {
      const { network, images, size } = job(amount);
      const folder = join(scratch.folder, String(amount));
      mkdirSync(folder);
      return ourJob(String(amount), 'quantize', {
        ...layOutNetwork(folder, network, size),
        ...{ calibration_directory: photos, calibration_size: images, calibration_seed: 1 },
        ...{ no_quick_look: true, output_json: join(folder, 'scaling.json') },
      });
    });
    return await commandRace(commands, runs, { isWarm: false });
  } finally {
    scratch.close();
  }
}

/** @param {Growth} growth @param {readonly Times[]} times @returns {Generator<Row>} */
function* rowsOf({ title, unit, amounts, work, per }, times) {
  const threads = os.availableParallelism();
  const [least = 0, most = 0] = [amounts[0], amounts.at(-1)];
  const [first, last] = [times[0], times[times.length - 1]];
  const perWork = (/** @type {Times} */ { title: name, ms, peakBytes }, /** @type {number} */ amount) => ({
    title: `${name} ${unit}`,
    ms: ms.map((value) => value / work(amount)),
    peakBytes,
  });
  const what = `\`quantize\`, ${title}, ${most} ${unit}`;
  const [ours, theirs] = [perWork(last, most), perWork(first, least)];
  yield compared({ what: `${what}: time by ${per}`, threads, ours, theirs });
  const ratio = last.peakBytes / first.peakBytes;
  yield {
    what: `${what}: peak memory`,
    threads,
    against: theirs.title,
    ours: megabytes(last.peakBytes),
    theirs: megabytes(first.peakBytes),
    ratios: [ratio, ratio],
    limits: null,
    note: '',
  };
}

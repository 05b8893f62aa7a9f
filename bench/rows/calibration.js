import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantize } from '../../dist/src/jobs/quantize.js';
import { writeCaffemodel } from '../formats/caffemodel.js';
import { networks, unfoldedGraph } from '../networks/index.js';
import { layOutPhotos } from '../photos.js';
import { freshRace, race } from '../race.js';
import { openScratch } from '../scratch.js';
import { compared, minimum } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */
/** @typedef {import('../../dist/src/jobs/quantize.js').QuantizeFlags} QuantizeFlags */

const IMAGES = 32;

/** Runs of the bare products: about a second of one thread. */
const PRODUCTS = 40;

/** Images of a `verify`, and how much less than bare products it and a calibration may gain by a second thread. */
const VERIFIED = 8;
const LESS_GAIN = 1.1;

/** Files of a network. `size`: of its square input. @param {string} folder @param {string} name @param {number} [size] */
export function layOutNetwork(folder, name, size) {
  const [model, weights] = ['prototxt', 'caffemodel'].map((ending) => join(folder, `${name}.${ending}`));
  writeFileSync(model, networks[name].prototxt(size));
  writeCaffemodel(weights, unfoldedGraph(name, size));
  return { deploy_model: model, weights };
}

/** Files of GoogLeNet and of a calibration folder. @param {string} folder @param {number} images */
export function layOutJob(folder, images) {
  const photos = join(folder, 'photos');
  mkdirSync(photos);
  const kind = layOutPhotos(photos, images);
  return {
    kind,
    options: {
      ...layOutNetwork(folder, 'googlenet'),
      calibration_directory: photos,
      calibration_size: images,
      calibration_seed: 1,
      calibrator: /** @type {const} */ ('reference'),
    },
  };
}

/**
 * The whole calibration of GoogLeNet, files to JSON, against the peer's forward passes alone, and two threads against one.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* calibrationRows({ only, threads: counts, runs }, progress) {
  if (!only.has('calibration')) return;
  progress('whole calibration, GoogLeNet');
  const scratch = openScratch();
  try {
    const { kind, options } = layOutJob(scratch.folder, IMAGES);
    const output = (/** @type {number} */ threads) => join(scratch.folder, `${threads}.json`);
    const entrants = counts.flatMap((threads) => [
      {
        title: `ours ${threads}`,
        name: 'calibration',
        config: { options: { ...options, threads, output_json: output(threads) } },
      },
      { title: `peer ${threads}`, name: 'onnxruntime-web', config: { network: 'googlenet', threads }, count: IMAGES },
    ]);
    const others = counts.length < 2 ? [] : await entrantsOfThreads(counts, options, scratch.folder);
    const { times } = await race([...entrants, ...others], { runs, images: 1 });
    expectSameFiles(counts.map(output));
    yield* rowsOf(counts, times, `calibration of GoogLeNet, ${IMAGES} JPEG files to JSON (${kind})`);
    if (counts.length < 2) return;
    yield* rowsOfThreads(times);
    yield freshRow(await freshRace([entrants[2], entrants[0]], Math.min(runs, 5)));
  } finally {
    scratch.close();
  }
}

/**
 * A `verify` of the network and bare products, each by every number of threads.
 * @param {readonly number[]} counts @param {Omit<QuantizeFlags, 'output_json'>} options @param {string} folder
 */
async function entrantsOfThreads(counts, options, folder) {
  const scaling = join(folder, 'scaling.json');
  await quantize({ ...options, output_json: scaling, no_quick_look: true });
  const { deploy_model, weights, calibration_directory: images } = options;
  const flags = { deploy_model, weights, scaling, images, image_count: VERIFIED };
  return [
    ...counts.map((threads) => ({
      title: `verify ${threads}`,
      name: 'verify',
      config: { flags: { ...flags, threads } },
    })),
    ...counts.map((threads) => ({
      title: `products ${threads}`,
      name: 'products',
      config: { threads },
      count: PRODUCTS,
    })),
  ];
}

/** @param {readonly number[]} counts @param {readonly import('../race.js').Times[]} times ours, peer, ours, peer ... @param {string} what @returns {Generator<Row>} */
function* rowsOf(counts, times, what) {
  for (const [index, threads] of counts.entries()) {
    const theirs = { ...times[2 * index + 1], title: `onnxruntime-web, ${IMAGES} float forwards` };
    yield compared({ what, threads, ours: times[2 * index], theirs, limits: { asked: 1, wanted: 0.6 } });
  }
}

/** Two threads against one. @param {readonly import('../race.js').Times[]} times of one thread and two: ours and peer of each, `verify`, products @returns {Generator<Row>} */
function* rowsOfThreads([calibration, , calibration2, , verify, verify2, products, products2]) {
  const best = minimum(products2.ms) / minimum(products.ms);
  const row = (
    /** @type {string} */ what,
    /** @type {import('../race.js').Times} */ ours,
    /** @type {import('../race.js').Times} */ theirs,
    /** @type {import('../table.js').Limits | null} */ limits = { asked: LESS_GAIN * best, wanted: best },
  ) => compared({ what, threads: 2, ours, theirs: { ...theirs, title: 'itself, 1 thread' }, limits });
  yield row('the same, 2 threads', calibration2, calibration);
  yield row(`\`verify\` of GoogLeNet, ${VERIFIED} JPEG files, 2 threads`, verify2, verify);
  yield row('bare matrix products in the same race: the most that threads can gain', products2, products, null);
}

/** Two threads against one where nothing is warm, as on the command line. @param {import('../race.js').Times[]} times @returns {Row} */
function freshRow([ours, theirs]) {
  return compared({
    what: 'the same in a new process each time, 2 threads',
    threads: 2,
    ours,
    theirs: { ...theirs, title: 'itself, 1 thread' },
  });
}

/** Scaling files do not depend on the number of threads. @param {readonly string[]} paths */
function expectSameFiles(paths) {
  const [first, ...others] = paths.map((path) => readFileSync(path, 'utf8'));
  if (others.some((text) => text !== first))
    throw new Error('calibration: expected the same scaling file for any number of threads, got different ones.');
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantize } from '../../dist/src/jobs/quantize.js';
import { networks } from '../networks/index.js';
import { race } from '../race.js';
import { openScratch } from '../scratch.js';
import { compared } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

const EXAMPLE = fileURLToPath(new URL('../../examples/cifar10/', import.meta.url));
const TEST = join(EXAMPLE, 'test');

const LIMITS = { asked: 2, wanted: 1.4 };
const SENSITIVITY_LIMITS = { asked: 40, wanted: null };
const SENSITIVITY_IMAGES = 8;

/**
 * A verification against the forward passes that it cannot do without, and the example's against float forwards: CPU time of one
 * thread.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* verificationRows({ only, networks: names, runs, images }, progress) {
  if (!only.has('verification')) return;
  for (const network of names) {
    progress(`verification, ${network}`);
    const sides = entrants(network, 'verification', 'forwards', 'a float forward and 2 emulations');
    const { times } = await race(sides, { runs, images: 2 * Math.ceil(images / 2) });
    yield row(`verification of an image, ${networks[network].title}, CPU time`, times, LIMITS);
  }
  progress('verification, the example');
  const { times } = await raceOfExample(Math.min(runs, 5));
  const count = readdirSync(TEST).length;
  yield row(`verification of the example, ${count} images from files, CPU time`, times, LIMITS);
}

/**
 * A sensitivity analysis against the emulation of its images: CPU time of one thread.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* sensitivityRows({ only, runs }, progress) {
  if (!only.has('sensitivity')) return;
  progress('sensitivity, googlenet');
  const sides = entrants('googlenet', 'sensitivity', 'emulation', "a verification's emulation of them");
  const { times } = await race(sides, { runs: Math.min(runs, 3), images: SENSITIVITY_IMAGES });
  const what = `sensitivity of every layer, ${networks['googlenet'].title}, CPU time of an image`;
  yield row(what, times, SENSITIVITY_LIMITS);
}

/** @param {string} network @param {string} ours @param {string} theirs @param {string} title */
function entrants(network, ours, theirs, title) {
  return [
    { title: 'ours', name: 'verification', config: { network, part: ours } },
    { title, name: 'verification', config: { network, part: theirs } },
  ];
}

/** @param {string} what @param {readonly import('../race.js').Times[]} times @param {import('../table.js').Limits} limits */
function row(what, [ours, theirs], limits) {
  const used = (/** @type {import('../race.js').Times} */ times) => ({ ...times, ms: times.cpuMs ?? [] });
  return compared({ what, threads: 1, ours: used(ours), theirs: used(theirs), limits });
}

/** The example, calibrated first. @param {number} runs */
async function raceOfExample(runs) {
  const scratch = openScratch();
  try {
    const scaling = join(scratch.folder, 'example.json');
    const network = { deploy_model: join(EXAMPLE, 'deploy.prototxt'), weights: join(EXAMPLE, 'model.caffemodel') };
    await quantize({
      ...network,
      calibration_directory: join(EXAMPLE, 'calibration'),
      calibration_size: 32,
      calibration_seed: 1,
      calibrator: 'reference',
      output_json: scaling,
      no_quick_look: true,
    });
    const flags = { ...network, scaling, images: TEST };
    const sides = [
      { title: 'ours', name: 'example', config: { flags, part: 'verification' } },
      { title: 'float forwards', name: 'example', config: { flags, part: 'forwards' } },
    ];
    return await race(sides, { runs, images: 1 });
  } finally {
    scratch.close();
  }
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshRace } from '../race.js';
import { openScratch } from '../scratch.js';
import { compared } from '../table.js';
import { layOutJob } from './calibration.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

const IMAGES = 32;
const EXAMPLE = fileURLToPath(new URL('../../examples/cifar10/', import.meta.url));

/** Against the original's search: the time that is asked for. `mse` on v2 minimises errors of biases too. */
const LIMITS = { v2: { mse: 1.25, search: 3 }, v3: { mse: 1.1, search: 3 } };
const QUICK_LOOK = 1.25;

/** The example's calibration, as flags. */
const example = {
  deploy_model: join(EXAMPLE, 'deploy.prototxt'),
  weights: join(EXAMPLE, 'model.caffemodel'),
  calibration_directory: join(EXAMPLE, 'calibration'),
  calibration_size: IMAGES,
  calibration_seed: 1,
};

/**
 * Calibrators against the original's search, and the quick look against none, each a new process every time, as on the
 * command line.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* calibratorRows({ only, threads: counts, runs }, progress) {
  if (!only.has('calibrators')) return;
  const scratch = openScratch();
  try {
    const jobs = { 'the example': example, GoogLeNet: layOutJob(scratch.folder, IMAGES).options };
    for (const [name, job] of Object.entries(jobs)) {
      for (const overlay of /** @type {const} */ (['v2', 'v3'])) {
        for (const threads of counts) {
          progress(`calibrators, ${name}, ${overlay}, ${threads} threads`);
          const flags = { ...job, overlay, threads, output_json: join(scratch.folder, 'calibrators.json') };
          const times = await freshRace(entrants(flags), Math.min(runs, 5));
          yield* rowsOf(`calibration of ${name} on ${IMAGES} images, ${overlay}`, threads, times, LIMITS[overlay]);
        }
      }
    }
  } finally {
    scratch.close();
  }
}

/** Three calibrators without the quick look, and the default with it. @param {object} flags */
function entrants(flags) {
  const side = (/** @type {string} */ title, /** @type {object} */ more) => ({
    title,
    name: 'calibration',
    config: { options: { ...flags, ...more } },
  });
  const plain = ['reference', 'mse', 'search'].map((calibrator) =>
    side(calibrator, { calibrator, no_quick_look: true }),
  );
  return [...plain, side('mse, with the quick look', { calibrator: 'mse' })];
}

/** @param {string} what @param {number} threads @param {import('../race.js').Times[]} times @param {{ mse: number, search: number }} limits @returns {Generator<Row>} */
function* rowsOf(what, threads, [reference, mse, search, looking], limits) {
  const limit = (/** @type {number} */ asked) => ({ asked, wanted: asked });
  yield compared({ what: `${what}: mse`, threads, ours: mse, theirs: reference, limits: limit(limits.mse) });
  yield compared({ what: `${what}: search`, threads, ours: search, theirs: reference, limits: limit(limits.search) });
  yield compared({ what: `${what}: the quick look`, threads, ours: looking, theirs: mse, limits: limit(QUICK_LOOK) });
}

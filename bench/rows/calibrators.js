import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandRace, ourJob } from '../command.js';
import { openScratch } from '../scratch.js';
import { compared, cpuRatio } from '../table.js';
import { layOutJob } from './calibration.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */
/** @typedef {import('../race.js').Times} Times */

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
 * Calibrators against the original's search, and the quick look against none, each the whole command in a new process every
 * time, as users run it.
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
          const times = await commandRace(commands(flags), Math.min(runs, 5));
          yield* rowsOf(`calibration of ${name} on ${IMAGES} images, ${overlay}`, threads, times, LIMITS[overlay]);
        }
      }
    }
  } finally {
    scratch.close();
  }
}

/** Three calibrators without the quick look, and the default with it. @param {Parameters<typeof ourJob>[2]} flags */
function commands(flags) {
  const plain = ['reference', 'mse', 'search'].map((calibrator) =>
    ourJob(calibrator, 'quantize', { ...flags, calibrator, no_quick_look: true }),
  );
  return [...plain, ourJob('mse, with the quick look', 'quantize', { ...flags, calibrator: 'mse' })];
}

/** @param {string} what @param {number} threads @param {Times[]} times @param {{ mse: number, search: number }} limits @returns {Generator<Row>} */
function* rowsOf(what, threads, [reference, mse, search, looking], limits) {
  const against = (
    /** @type {string} */ title,
    /** @type {Times} */ ours,
    /** @type {Times} */ theirs,
    /** @type {number} */ asked,
  ) =>
    compared({
      what: `${what}: ${title}`,
      threads,
      ours,
      theirs,
      limits: { asked, wanted: asked },
      note: cpuRatio(ours, theirs),
    });
  yield against('mse', mse, reference, limits.mse);
  yield against('search', search, reference, limits.search);
  yield against('the quick look', looking, mse, QUICK_LOOK);
}

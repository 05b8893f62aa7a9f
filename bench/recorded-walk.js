import { openField } from '../dist/src/calibration/pool-executor.js';
import { progressiveWalk } from '../dist/src/calibration/walk.js';
import { scaleLayers } from '../dist/src/jobs/scale.js';
import { openTaskPool } from '../dist/src/jobs/worker-tasks.js';

/** @typedef {import('../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../dist/src/calibration/field.js').Step} Step */

const BITS = { input: 8, params: 8, output: 8 };

/**
 * Calibrates a network on one input: the steps the walk took, thresholds in them, and the entries of its scaling file.
 * @param {Graph} graph @param {Float32Array} input
 */
export async function recordWalk(graph, input) {
  const pool = await openTaskPool({ threads: 1 }, 1);
  const field = await openField(pool, graph, 1, { arrays: [input] }, Infinity);
  /** @type {Step[]} */
  const recorded = [];
  const steps = (/** @type {readonly Step[]} */ next) => {
    recorded.push(...next);
    return field.steps(next);
  };
  const layers = await progressiveWalk(graph, { ...field, steps }, { widths: BITS });
  await pool.close();
  return { steps: recorded, entries: scaleLayers(layers, { overlay: 'v2' }) };
}

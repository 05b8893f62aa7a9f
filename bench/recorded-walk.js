import { executePlan } from '../dist/src/calibration/execute.js';
import { openExecutor } from '../dist/src/calibration/executor/pool-executor.js';
import { planProgressive } from '../dist/src/calibration/plan-progressive.js';
import { calibrators } from '../dist/src/calibration/thresholds/index.js';
import { scaleLayers } from '../dist/src/jobs/scale.js';
import { openTaskPool } from '../dist/src/jobs/worker-tasks.js';

/** @typedef {import('../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../dist/src/calibration/executor/executor.js').BoundThreshold} BoundThreshold */

/** @type {import('../dist/src/calibration/plan.js').BitWidths} */
const widths = { input: 8, params: 8, output: 8 };

/**
 * Calibrates a network on one input: the steps of the plan, the numbers of the thresholds in them, and the entries of its scaling file.
 * @param {Graph} graph @param {Float32Array} input
 */
export async function recordWalk(graph, input) {
  const plan = planProgressive(graph, { widths });
  const pool = await openTaskPool({ threads: 1 }, 1);
  const executor = openExecutor(pool, graph, { source: { arrays: [input] }, count: 1, memory: Infinity });
  /** @type {BoundThreshold[]} */
  const thresholds = [];
  /** @type {import('../dist/src/calibration/executor/executor.js').CalibrationExecutor} */
  const recording = {
    bind: (bound) => {
      thresholds.push(...bound);
      executor.bind(bound);
    },
    run: (steps) => executor.run(steps),
    statistics: (asked) => executor.statistics(asked),
    histograms: (asked) => executor.histograms(asked),
    channelRanges: (forms) => executor.channelRanges(forms),
    channelCounts: (asked) => executor.channelCounts(asked),
    layerErrors: (asked) => executor.layerErrors(asked),
  };
  const layers = await executePlan(graph, plan, recording, { method: calibrators.reference });
  await executor.close();
  await pool.close();
  const steps = plan.stages.flatMap((stage) => stage.steps);
  return { steps, thresholds, entries: scaleLayers(layers, { overlay: 'v2', multipliers: 'natural' }) };
}

import { openLive } from '../../dist/src/jobs/live.js';
import { verifyEntries } from '../../dist/src/jobs/verify.js';
import { createEngine } from '../../dist/src/kernels/engine.js';
import { Runner } from '../../dist/src/runtime/runner.js';
import { buildGraph, seededInput } from '../networks/index.js';
import { recordWalk } from '../recorded-walk.js';

/** @typedef {'verification' | 'forwards' | 'first' | 'last' | 'last third' | 'costliest of the last third'} Part */
/** @typedef {import('../../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../../dist/src/verification/live/live-results.js').LiveLayer} LiveLayer */
/** @typedef {{ graph: Graph, entries: import('../../dist/src/scaling/index.js').ScalingEntry[], arrays: Float32Array[] }} Job */

/**
 * Work on the images of a network in one thread. A run of `count` is so many whole verifications, float forwards of an image each, or
 * changes of a threshold.
 * @param {{ network: string, images: number, part: Part }} config
 */
export async function open({ network, images, part }) {
  const graph = buildGraph(network);
  const input = seededInput(graph.values[graph.inputs[0]].shape);
  const { entries } = await recordWalk(graph, input);
  // Images of another contrast each.
  const arrays = Array.from({ length: images }, (_, image) =>
    input.map((value) => value * (0.8 + 0.4 * (image / images))),
  );
  const job = { graph, entries, arrays };
  if (part === 'verification') return verifications(job);
  if (part === 'forwards') return forwards(job);
  return changes(job, part);
}

/** @param {Job} job */
function verifications({ graph, entries, arrays }) {
  return {
    run: async (/** @type {number} */ count) => {
      for (let i = 0; i < count; i++) await verifyEntries(graph, entries, { arrays }, { threads: 1, overlay: 'v2' });
    },
  };
}

/** @param {Job} job */
async function forwards({ graph, arrays }) {
  const runner = new Runner(await createEngine(), graph);
  return {
    run: (/** @type {number} */ count) => {
      for (let i = 0; i < count; i++) runner.run([arrays[i % arrays.length]]);
    },
  };
}

/** @param {Job} job @param {Exclude<Part, 'verification' | 'forwards'>} part */
async function changes({ graph, entries, arrays }, part) {
  const live = await openLive(graph, entries, { arrays }, { threads: 1, overlay: 'v2' });
  const layers = live.state().layers.filter(({ threshold }) => threshold !== null);
  let made = 0;
  /** A threshold that it has not had before, near the calibrated one. @param {LiveLayer} layer */
  const change = ({ blob, threshold }) => live.setThreshold(blob, (threshold ?? 1) * (0.9 + 0.0001 * (made++ % 1000)));
  const third = layers.slice(-Math.floor(layers.length / 3));
  const chosen = {
    first: () => layers.slice(0, 1),
    last: () => layers.slice(-1),
    'last third': () => third,
    'costliest of the last third': () => costliest(third, change),
  };
  const changed = await chosen[part]();
  return {
    run: async (/** @type {number} */ count) => {
      for (let i = 0; i < count; i++) await change(changed[i % changed.length]);
    },
  };
}

/** The one whose change computes the most layers. @param {readonly LiveLayer[]} layers @param {(layer: LiveLayer) => Promise<{ computed: number }>} change */
async function costliest(layers, change) {
  const costs = [];
  for (const layer of layers) costs.push((await change(layer)).computed);
  return [layers[costs.indexOf(Math.max(...costs))]];
}

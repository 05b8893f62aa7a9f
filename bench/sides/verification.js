import { Emulator } from '../../dist/src/emulator/emulator.js';
import { createEngine } from '../../dist/src/kernels/engine.js';
import { noPause } from '../../dist/src/runtime/pause.js';
import { Runner } from '../../dist/src/runtime/runner.js';
import { SensitivityProbe } from '../../dist/src/verification/sensitivity/probe.js';
import { Verifier } from '../../dist/src/verification/verifier.js';
import { buildGraph, seededInput } from '../networks/index.js';
import { recordWalk } from '../recorded-walk.js';

/** @typedef {'verification' | 'forwards' | 'sensitivity' | 'emulation'} Part */
/** @typedef {import('../../dist/src/kernels/engine.js').Engine} Engine */
/** @typedef {import('../../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {ReadonlyMap<string, import('../../dist/src/scaling/index.js').ScalingEntry>} Entries */
/** One image. @typedef {(feeds: Float32Array[], image: number) => unknown} RunImage */

/** Errors per channel are kept of every second image here, of the first eight in a job. */
const details = /** @type {const} */ (['channels', 'alone']);

/** @type {Record<Part, (engine: Engine, graph: Graph, entries: Entries) => RunImage>} */
const parts = {
  verification(engine, graph, entries) {
    const verifier = new Verifier(engine, graph, entries, 'v2', true);
    return (feeds, image) => verifier.verify(feeds, image, details[image % details.length], noPause);
  },

  forwards(engine, graph, entries) {
    const runner = new Runner(engine, graph);
    const emulator = new Emulator(engine, graph, entries, 'v2');
    return (feeds) => {
      runner.run(feeds);
      for (let twice = 0; twice < 2; twice++) emulator.run(feeds, new Set(), () => undefined);
    };
  },

  sensitivity(engine, graph, entries) {
    const probe = new SensitivityProbe(engine, graph, entries, 'v2');
    return (feeds) => {
      probe.open(feeds);
      for (const layer of probe.layers.keys()) probe.measure(layer);
    };
  },

  emulation(engine, graph, entries) {
    const verifier = new Verifier(engine, graph, entries, 'v2', true);
    return (feeds, image) => verifier.verify(feeds, image, 'deployed', noPause);
  },
};

/** Work on a network's images in one thread, with weights packed before. @param {{ network: string, part: Part }} config */
export async function open({ network, part }) {
  const graph = buildGraph(network);
  const input = seededInput(graph.values[graph.inputs[0]].shape);
  const { entries } = await recordWalk(graph, input);
  const run = parts[part](await createEngine(), graph, new Map(entries.map((entry) => [entry.name, entry])));
  return {
    run: async (/** @type {number} */ count) => {
      for (let image = 0; image < count; image++) await run([input], image);
    },
  };
}

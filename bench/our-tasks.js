import { ActivationStore } from '../dist/src/calibration/executor/activation-store.js';
import { Batch } from '../dist/src/calibration/executor/batch.js';
import { formKey } from '../dist/src/calibration/step.js';
import { Emulator } from '../dist/src/emulator/emulator.js';
import { createEngine } from '../dist/src/kernels/engine.js';
import { Runner } from '../dist/src/runtime/runner.js';
import { GridForward } from './grid-forward.js';
import { buildGraph, seededInput } from './networks/index.js';
import { recordWalk } from './recorded-walk.js';

/** @typedef {import('../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../dist/src/emulator/emulator.js').EmulatedValue} EmulatedValue */
/** @typedef {'float' | 'grid' | 'overlay'} Form */

/**
 * A network ready to run image after image. `outputs`: of one image, to be compared with the peers'; `check`: throws
 * where it does not compute what it should, bit for bit.
 * @typedef {{ run: () => void, outputs?: () => Float32Array[], check?: () => Promise<void> }} Forward
 */

/** @type {Record<Form, (graph: Graph, input: Float32Array, simd: 'wasm' | 'twin') => Promise<Forward>>} */
const forms = {
  async float(graph, input, simd) {
    const runner = new Runner(await createEngine({ simd }), graph);
    const outputs = () => {
      const values = runner.run([input]);
      return graph.outputs.map((id) => /** @type {Float32Array} */ (values.get(id)?.data));
    };
    return { run: () => void runner.run([input]), outputs };
  },

  async grid(graph, input) {
    const walk = await recordWalk(graph, input);
    const engine = await createEngine();
    const forward = new GridForward(engine, graph, walk.steps, walk.thresholds);
    return { run: () => forward.run(input), check: () => checkGrid(forward, engine, graph, walk, input) };
  },

  async overlay(graph, input) {
    const { entries } = await recordWalk(graph, input);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    const emulator = new Emulator(await createEngine(), graph, byName, 'v2');
    const check = async () =>
      checkOverlay(emulator, new Emulator(await createEngine({ simd: 'twin' }), graph, byName, 'v2'), graph, input);
    return { run: () => emulator.run([input], new Set(), () => undefined), check };
  },
};

/** The codes of every value are those the calibration itself stores. @param {GridForward} forward @param {import('../dist/src/kernels/engine.js').Engine} engine @param {Graph} graph @param {Awaited<ReturnType<typeof recordWalk>>} walk @param {Float32Array} input */
async function checkGrid(forward, engine, graph, { steps, thresholds }, input) {
  const reference = await createEngine();
  const store = new ActivationStore(reference, Infinity, null);
  const batch = new Batch(reference, graph, [0], async () => input, store);
  batch.bind(thresholds);
  for (const step of steps) if (step.do !== 'free') await batch.run(step);
  /** @type {Map<string, Int8Array>} */
  const codes = new Map();
  forward.run(input, ({ form, at, bytes }) => form.grid && codes.set(formKey(form), engine.heap.i8(at, bytes).slice()));
  for (const [key, found] of codes) {
    const stored = `0:${key}`;
    if (!store.has(stored)) continue;
    expectSame(found, reference.heap.i8(store.get(stored), found.length), `grid forward: "${key}"`);
  }
}

/** Kernels and plain twins agree on every network output. @param {Emulator} emulator @param {Emulator} twin @param {Graph} graph @param {Float32Array} input */
function checkOverlay(emulator, twin, graph, input) {
  const wanted = new Set(graph.outputs);
  /** @type {Map<number, EmulatedValue>} */
  const expected = new Map();
  twin.run([input], wanted, (id, value) => expected.set(id, value));
  emulator.run([input], wanted, (id, { tensor }) =>
    expectSame(tensor.data, expected.get(id)?.tensor.data ?? [], `emulation: "${graph.values[id].blob}"`),
  );
}

/** @param {ArrayLike<number>} found @param {ArrayLike<number>} expected @param {string} where */
function expectSame(found, expected, where) {
  for (let i = 0; i < found.length; i++) {
    if (found[i] !== expected[i])
      throw new Error(`${where}: expected ${expected[i]} at element ${i}, got ${found[i]}.`);
  }
}

/** Sizes of a product of {@link products}: 304 KiB in all, which stay in a core's own cache. */
const [ROWS, COLUMNS, DEPTH] = [64, 192, 256];

/** A `run` is 100 float32 products, some 25 ms. @returns {Promise<Forward>} */
async function products() {
  const { heap, kernels } = await createEngine();
  const [left, right, product] = [ROWS * DEPTH, DEPTH * COLUMNS, ROWS * COLUMNS].map((count) => heap.alloc(count * 4));
  heap.f32(left, ROWS * DEPTH).fill(1);
  heap.f32(right, DEPTH * COLUMNS).fill(1);
  const once = () => kernels.gemm_f32(left, DEPTH * 4, right, product, COLUMNS, ROWS, COLUMNS, DEPTH, 0, 0, 0, 0, 0, 0);
  return {
    run: () => {
      for (let i = 0; i < 100; i++) once();
    },
  };
}

/** What a worker of the bench can do. @type {Readonly<Record<string, import('../dist/src/runtime/pool.js').Task>>} */
export const tasks = {
  open: async (
    memory,
    /** @type {{ form: Form, network: string, simd: 'wasm' | 'twin' }} */ { form, network, simd },
  ) => {
    const graph = buildGraph(network);
    memory.set('forward', await forms[form](graph, seededInput(graph.values[graph.inputs[0]].shape), simd));
  },
  openProducts: async (memory) => void memory.set('forward', await products()),
  run: (memory, /** @type {number} */ count) => {
    const { run } = /** @type {Forward} */ (memory.get('forward'));
    for (let i = 0; i < count; i++) run();
  },
  outputs: (memory) => /** @type {Forward} */ (memory.get('forward')).outputs?.(),
  check: (memory) => /** @type {Forward} */ (memory.get('forward')).check?.(),
};

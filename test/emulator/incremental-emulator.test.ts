import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { type EmulatedValue, Emulator } from '../../src/emulator/emulator.js';
import { IncrementalEmulator } from '../../src/emulator/incremental-emulator.js';
import { XfdnnError } from '../../src/error.js';
import type { Graph } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import { optimise } from '../../src/optimise/index.js';
import { entriesByName } from '../../src/placement/wanted-grids.js';
import type { OverlayName, ScalingEntry } from '../../src/scaling/index.js';
import { withEdits } from '../../src/scaling-file/edit-entries.js';
import { elements } from '../../src/tensor.js';
import { noise } from '../cli/fixtures.js';
import { randomNetwork } from '../whole/random-networks.js';

/** Two engines for all networks: an emulator that is done gives its memory back. */
const engines = Promise.all([createEngine(), createEngine()]);

/** A random network with its entries and two images; null where its activations overflow. */
async function calibrated(seed: number, overlay: OverlayName) {
  const { graph } = optimise(loadCaffe({ prototxt: randomNetwork(seed), seedWeights: seed }));
  const { shape } = graph.values[graph.inputs[0]!]!;
  const arrays = [0, 1].map((i) => Float32Array.from(noise(elements(shape), seed + i)));
  const widths = { input: 8, params: 8, output: 8 } as const;
  const includeInnerProduct = seed % 2 === 0;
  try {
    const layers = await calibrate(graph, { arrays }, { widths, threads: 1, overlay, includeInnerProduct });
    return { graph, arrays, entries: scaleLayers(layers, { overlay, includeInnerProduct }) };
  } catch (error) {
    if (error instanceof XfdnnError && /NaN or infinity/.test(error.message)) return null;
    throw error;
  }
}

/** Another threshold, width or triple of an entry; now and then nothing at all. */
function changed(entries: readonly ScalingEntry[], graph: Graph, overlay: OverlayName, random: () => number) {
  const entry = entries[Math.floor(random() * entries.length)]!;
  const factor = 0.5 + random();
  const edits = [
    { th_layer_out: entry.th_layer_out * factor },
    { th_layer_in: entry.th_layer_in * factor },
    { th_layer_in: entry.th_layer_in * (1 + 1e-7) },
    { bw_layer_out: entry.bw_layer_out === 8 ? 16 : 8 },
  ];
  const kind = Math.floor(random() * (edits.length + 2));
  const edit = edits[kind];
  if (edit !== undefined) return withEdits(entries, graph, new Map([[entry.name, edit]]), overlay);
  const other = kind === edits.length ? {} : { scale: entry.scale.map((scale) => Math.max(1, scale >> 1)) };
  return entries.map((each) => (each === entry ? { ...each, ...other } : each));
}

/** Every value of an image as the whole emulation computes it. */
function whole(
  engine: Engine,
  graph: Graph,
  entries: readonly ScalingEntry[],
  overlay: OverlayName,
  feed: Float32Array,
) {
  const emulator = new Emulator(engine, graph, entriesByName(entries), overlay);
  const values = new Map<number, EmulatedValue>();
  const wanted = graph.values.map(({ id }) => id).filter((id) => emulator.placement.analysis.writers[id]! >= 0);
  emulator.run([feed], new Set(wanted.filter((id) => emulator.placement.isComputed(id))), (id, value) =>
    values.set(id, value),
  );
  engine.heap.clear();
  return values;
}

for (let seed = 1; seed <= 40; seed++) {
  test(`network ${seed}: after random changes every value is that of the whole emulation`, async () => {
    const overlay = seed % 3 === 0 ? 'v3' : 'v2';
    const network = await calibrated(seed, overlay);
    if (network === null || network.entries.length === 0) return;
    const { graph, arrays } = network;
    let { entries } = network;
    const random = seedrandom(`changes ${seed}`);
    const [engine, reference] = await engines;
    engine.heap.clear();
    const live = new IncrementalEmulator(engine, graph);
    for (const array of arrays) live.add([array]);
    for (let change = 0; change < 5; change++) {
      live.set(entriesByName(entries), overlay);
      // A change that comes before the last one is computed leaves both to be computed.
      const isCutShort = random() < 0.2;
      const nodes = isCutShort ? Math.floor(random() * graph.nodes.length) : graph.nodes.length;
      for (const image of arrays.keys()) for (let node = 0; node < nodes; node++) live.step(image, node);
      if (!isCutShort) {
        for (const [image, feed] of arrays.entries()) {
          const expected = whole(reference, graph, entries, overlay, feed);
          assert.ok(expected.size > 0);
          for (const [id, { placement, tensor }] of expected) {
            const where = `seed ${seed}, change ${change}, image ${image}, "${graph.values[id]!.blob}"`;
            const found = live.view(image, id);
            assert.equal(found?.placement, placement, where);
            assert.ok(Buffer.from(bytesOf(found!)).equals(bytesOf({ placement, tensor })), where);
          }
        }
      }
      entries = changed(entries, graph, overlay, random);
    }
  });
}

const bytesOf = ({ tensor: { data } }: EmulatedValue): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const chain = `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 2 dim: 5 dim: 5 } } }
${[1, 2, 3, 4]
  .map(
    (n) =>
      `layer { name: "conv${n}" type: "Convolution" bottom: "${n === 1 ? 'data' : `conv${n - 1}`}" top: "conv${n}" convolution_param { num_output: 3 kernel_size: 1 } }`,
  )
  .join('\n')}`;

async function openChain() {
  const { graph } = optimise(loadCaffe({ prototxt: chain, seedWeights: 3 }));
  const feed = Float32Array.from(noise(50, 1));
  const widths = { input: 8, params: 8, output: 8 } as const;
  const entries = scaleLayers(await calibrate(graph, { arrays: [feed] }, { widths, threads: 1 }));
  const live = new IncrementalEmulator(await createEngine(), graph);
  live.add([feed]);
  const computed = (next: readonly ScalingEntry[]): string[] => {
    live.set(entriesByName(next), 'v2');
    return graph.nodes.filter((_, node) => live.step(0, node) !== null).map(({ name }) => name);
  };
  return { entries, computed };
}

test('only what a change reaches is computed again', async () => {
  const { entries, computed } = await openChain();
  assert.equal(computed(entries), ['data', 'conv1', 'conv2', 'conv3', 'conv4']);
  assert.equal(computed(entries), []);
  const other = entries.map((entry) =>
    entry.name === 'conv3' ? { ...entry, scale: entry.scale.map((s) => s >> 1) } : entry,
  );
  assert.equal(computed(other), ['conv3', 'conv4']);
});

test('a layer whose codes come out equal ends the change', async () => {
  const { entries, computed } = await openChain();
  computed(entries);
  assert.equal(computed(entries.map((entry) => (entry.name === 'conv2' ? { ...entry } : entry))), ['conv2']);
});

test('entries that do not fit are refused and change nothing', async () => {
  const { entries, computed } = await openChain();
  computed(entries);
  const short = entries.map((entry) => (entry.name === 'conv2' ? { ...entry, scale: [1] } : entry));
  assert.throws(() => computed(short), /entry "conv2" of the scaling file: expected 3 channels/);
  assert.throws(() => computed(entries.slice(1)), /conv1.*expected an entry of its name/);
  assert.equal(computed(entries), []);
});

test.run();

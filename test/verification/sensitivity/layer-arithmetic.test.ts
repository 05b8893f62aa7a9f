import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Emulator } from '../../../src/emulator/emulator.js';
import type { Graph } from '../../../src/graph/graph.js';
import { calibrate } from '../../../src/jobs/calibrate.js';
import { scaleLayers } from '../../../src/jobs/scale.js';
import { createEngine } from '../../../src/kernels/engine.js';
import { type Entries, entriesByName } from '../../../src/placement/wanted-grids.js';
import type { OverlayName } from '../../../src/scaling/index.js';
import { CodeValues } from '../../../src/verification/code-values.js';
import { Activations } from '../../../src/verification/sensitivity/activations.js';
import { LayerArithmetic } from '../../../src/verification/sensitivity/layer-arithmetic.js';
import { noise } from '../../cli/fixtures.js';
import { CONVOLUTION, networkOf, POOL } from '../../placement/networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'conv1', CONVOLUTION],
  ['ReLU', 'conv1', 'relu1'],
  ['Convolution', 'relu1', 'conv2', CONVOLUTION],
  ['Eltwise', 'relu1 conv2', 'sum'],
  ['LRN', 'sum', 'norm'],
  ['Pooling', 'norm', 'pool', POOL('AVE')],
  ['Convolution', 'pool', 'left', CONVOLUTION],
  ['PReLU', 'pool', 'right'],
  ['Concat', 'left right', 'both'],
  ['Softmax', 'both', 'prob'],
]);
const engine = await createEngine();
const images = [1, 2, 3].map((seed) => Float32Array.from(noise(256, seed), (value) => 40 * value));
const widths = { input: 8, params: 8, output: 8 } as const;

async function entriesFor(overlay: OverlayName): Promise<Entries> {
  const layers = await calibrate(graph, { arrays: images }, { widths, overlay, threads: 1 });
  return entriesByName(scaleLayers(layers, { overlay }));
}

/** The address of a copy. */
function placed(data: Float32Array): number {
  const address = engine.heap.alloc(data.byteLength);
  engine.heap.f32(address, data.length).set(data);
  return address;
}

/** Every value that is computed, in float32, of the emulation. */
async function emulated(network: Graph, entries: Entries, overlay: OverlayName, feed: Float32Array) {
  const emulator = new Emulator(await createEngine(), network, entries, overlay);
  const values = new CodeValues();
  const results = new Map<number, Float32Array>();
  const wanted = new Set(network.values.map(({ id }) => id).filter((id) => emulator.placement.isComputed(id)));
  emulator.run([feed], wanted, (id, value) => results.set(id, values.floats(value)));
  return results;
}

for (const overlay of ['v2', 'v3'] as const) {
  test(`${overlay}: layer after layer, the overlay's arithmetic gives what the emulation gives`, async () => {
    const entries = await entriesFor(overlay);
    const { heap } = engine;
    const arithmetic = new LayerArithmetic(engine, graph, entries, overlay);
    const { placement } = arithmetic;
    for (const feed of images) {
      const expected = await emulated(graph, entries, overlay, feed);
      const activations = new Activations(heap);
      activations.set(graph.inputs[0] ?? 0, placed(feed));
      for (const step of arithmetic.steps)
        for (const [id, address] of arithmetic.deployed(step, activations)) activations.set(id, address);
      for (const [id, data] of expected) {
        // A host value is rounded by the overlay layer that reads it; here by the layer that makes it.
        if (placement.value(id).kind === 'float' && placement.value(id).grid !== null) continue;
        assert.equal(arithmetic.view(id, activations.at(id)).slice(), data, graph.values[id]?.blob);
      }
    }
  });
}

test('between codes, the result is the float result plus the error on the nearest codes', async () => {
  const entries = await entriesFor('v3');
  const arithmetic = new LayerArithmetic(engine, graph, entries, 'v3');
  const { analysis } = arithmetic.placement;
  const step = arithmetic.steps.find(({ node }) => analysis.node(node).name === 'conv2');
  assert.ok(step !== undefined);
  const [input = 0] = step.inputs;
  const grid = arithmetic.placement.codes(input);
  const unit = grid.threshold / 127;
  const at = (fraction: number): Float32Array =>
    Float32Array.from({ length: 256 }, (_, i) => Math.fround(((i % 100) + fraction) * unit));
  const result = (run: 'float' | 'deployed', data: Float32Array): Float32Array => {
    const activations = new Activations(engine.heap);
    activations.set(input, placed(data));
    const [[id = 0, address = 0] = []] = arithmetic[run](step, activations);
    return arithmetic.view(id, address).slice();
  };
  const [onGrid, between] = [at(0), at(0.3)];
  const own = result('deployed', onGrid).map((value, i) => value - (result('float', onGrid)[i] ?? 0));
  const expected = result('float', between).map((value, i) => value + (own[i] ?? 0));
  assert.ok(own.some((error) => error !== 0));
  result('deployed', between).forEach((value, i) =>
    assert.ok(Math.abs(value - (expected[i] ?? 0)) < 1e-4 * grid.threshold),
  );
});

test.run();

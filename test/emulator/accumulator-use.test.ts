import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { weightRows } from '../../src/analysis/weights.js';
import { AccumulatorMeter } from '../../src/emulator/accumulator-use.js';
import { Emulator } from '../../src/emulator/emulator.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { createEngine } from '../../src/kernels/engine.js';
import { overlayWeights } from '../../src/overlay/overlay-weights.js';
import { entriesByName } from '../../src/placement/wanted-grids.js';
import { gridsOf } from '../../src/scaling/index.js';
import { noise } from '../cli/fixtures.js';
import { CONVOLUTION, networkOf } from '../placement/networks.js';

const SIZE = 6;
const graph = networkOf(
  [
    ['Convolution', 'data', 'first', CONVOLUTION],
    ['ReLU', 'first', 'relu'],
    ['Convolution', 'relu', 'second', 'convolution_param { num_output: 5 kernel_size: 1 }'],
    ['LRN', 'second', 'lrn'],
    ['Convolution', 'lrn', 'third', CONVOLUTION],
    ['Softmax', 'third', 'softmax'],
  ],
  SIZE,
);
const images = [1, 2, 3].map((seed) => Float32Array.from(noise(4 * SIZE * SIZE, seed)));

for (const [overlay, bits] of [
  ['v2', 8],
  ['v3', 16],
] as const)
  test(`the largest sums are those of the codes that each layer reads: ${overlay}, ${bits} bits`, async () => {
    const widths = { input: bits, params: bits, output: bits } as const;
    const entries = scaleLayers(await calibrate(graph, { arrays: images }, { widths, overlay, threads: 1 }), {
      overlay,
    });
    const [engine, byName, analysis] = [await createEngine(), entriesByName(entries), analyse(graph)];
    const meter = new AccumulatorMeter(engine, graph, byName, overlay);
    for (const image of images) meter.add([image]);
    const names = [...meter.largest.keys()].map((index) => analysis.node(index).name);
    assert.equal(names, ['first', 'second', 'third']);
    // Convolutions of 1 x 1, summed by hand from the emulated codes.
    const emulator = new Emulator(engine, graph, byName, overlay);
    for (const name of ['first', 'second']) {
      const index = analysis.indexOf(name)!;
      const [input, { params }] = [analysis.input(index), gridsOf(byName.get(name)!)];
      const weights = overlayWeights(weightRows(analysis.node(index)), params);
      let largest = 0;
      for (const image of images)
        emulator.run([image], new Set([input]), (_, { tensor: { data } }) => {
          const channels = weights.length / params.length;
          for (let c = 0; c < params.length; c++)
            for (let pixel = 0; pixel < SIZE * SIZE; pixel++) {
              let sum = 0;
              for (let k = 0; k < channels; k++) sum += weights[c * channels + k]! * data[k * SIZE * SIZE + pixel]!;
              largest = Math.max(largest, Math.abs(sum));
            }
        });
      assert.is(meter.largest.get(index), largest, name);
    }
    assert.ok(meter.largest.get(analysis.indexOf('third')!)! > 0);
  });

test.run();

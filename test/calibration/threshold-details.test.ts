import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CalibratorChoice, calibrate, loadCaffe, optimise, type ThresholdDetails } from '../../src/index.js';
import { elements } from '../../src/tensor.js';
import { noise } from '../cli/fixtures.js';
import { root } from '../support.js';

const folder = join(root, 'examples/cifar10');
const { graph } = optimise(
  loadCaffe({
    prototxt: readFileSync(join(folder, 'deploy.prototxt')),
    weights: readFileSync(join(folder, 'model.caffemodel')),
  }),
);
const arrays = [1, 2].map((seed) => Float32Array.from(noise(3 * 32 * 32, seed), (value) => value * 100));

const cases: readonly { calibrator: CalibratorChoice; bits: 8 | 16; measure: string | null }[] = [
  { calibrator: 'mse', bits: 8, measure: 'mean squared error' },
  { calibrator: 'mse', bits: 16, measure: null },
  { calibrator: 'reference', bits: 8, measure: 'divergence' },
  { calibrator: 'percentile:99.9', bits: 8, measure: 'clipped share' },
  { calibrator: 'max', bits: 8, measure: null },
  { calibrator: 'search', bits: 8, measure: 'mean squared error' },
];

for (const { calibrator, bits, measure } of cases) {
  test(`${calibrator} at ${bits} bits: how each threshold was found`, async () => {
    const options = { widths: { input: bits, params: bits, output: bits }, calibrator, threads: 1 } as const;
    const details: ThresholdDetails[] = [];
    const layers = await calibrate(graph, { arrays }, options, { threshold: (each) => details.push(each) });
    assert.equal(layers, await calibrate(graph, { arrays }, options));
    const found = new Set(details.map(({ threshold }) => threshold));
    for (const { name, form, th_layer_out } of layers)
      assert.ok(form === 'Eltwise' || found.has(th_layer_out), `the threshold of ${name}`);
    assert.is(
      details.some(({ curve }) => curve !== null),
      measure !== null,
    );
    for (const { blobs, layer, threshold, largest, histogram, curve } of details) {
      const sizes = blobs.map((blob) => elements(graph.values.filter((value) => value.blob === blob).at(-1)!.shape));
      const count = arrays.length * sizes.reduce((sum, size) => sum + size, 0);
      assert.is(
        histogram?.counts.reduce((sum, each) => sum + each, 0),
        count,
        layer,
      );
      assert.ok(histogram!.zeros <= histogram!.counts[0]!, layer);
      assert.is(histogram!.width, largest / 512, layer);
      // Without candidates nothing is compared.
      assert.is(curve?.measure ?? (threshold === largest ? measure : null), measure, layer);
      if (curve !== null && calibrator !== 'search') assert.is(curve.thresholds[curve.chosen], threshold, layer);
    }
  });
}

test('threads tell the same', async () => {
  const all = await Promise.all(
    [1, 2].map(async (threads) => {
      const details: ThresholdDetails[] = [];
      const widths = { input: 8, params: 8, output: 8 } as const;
      await calibrate(graph, { arrays }, { widths, threads }, { threshold: (each) => details.push(each) });
      return details;
    }),
  );
  assert.equal(all[1], all[0]);
});

test.run();

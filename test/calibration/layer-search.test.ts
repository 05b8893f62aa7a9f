import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CalibrateOptions,
  calibrate,
  checkScaling,
  loadCaffe,
  optimise,
  rescale,
  scale,
} from '../../src/index.js';
import { exactParams, type LayerCalibration, LEAST_SHARE } from '../../src/scaling/index.js';
import type { Fault } from '../../src/scaling-file/fault.js';
import { withLargestWeights } from '../../src/scaling-file/rescale.js';
import { root } from '../support.js';

const folder = join(root, 'examples/cifar10');
const example = (name: string): Uint8Array => readFileSync(join(folder, name));
const { graph } = optimise(loadCaffe({ prototxt: example('deploy.prototxt'), weights: example('model.caffemodel') }));
const widths = { input: 8, params: 8, output: 8 } as const;
const arrays = Array.from({ length: 5 }, (_, image) =>
  Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i * (image + 3) * 0.013) * 90 - 5),
);

const calibrated = (options: Partial<CalibrateOptions>): Promise<LayerCalibration[]> =>
  calibrate(graph, { arrays }, { widths, threads: 1, calibrator: 'search', ...options });

/** But for grids that the overlay moves codes between before an Eltwise. */
const remarks = (faults: readonly Fault[]): Fault[] => faults.filter(({ key }) => key !== 'th_layer_in');

const natural = await calibrated({ calibrator: 'max' });
const largestOf = (name: string): readonly number[] => natural.find((layer) => layer.name === name)?.th_params ?? [];

for (const overlay of ['v2', 'v3'] as const) {
  test(`${overlay}: the same thresholds for any number of threads and any memory limit`, async () => {
    const once = await calibrated({ overlay });
    assert.equal(await calibrated({ overlay, threads: 2 }), once);
    assert.equal(await calibrated({ overlay, threads: 3, memory: 1 }), once);
    assert.ok(once.every(({ th_layer_out, th_params }) => [th_layer_out, ...th_params].every((th) => th > 0)));
  });

  test(`${overlay}: check finds nothing to remark in a searched file`, async () => {
    const entries = scale(await calibrated({ overlay }), { overlay });
    assert.equal(remarks(checkScaling(entries, { overlay, graph })), []);
  });

  test(`${overlay}: at 16 bits thresholds are those of mse`, async () => {
    const wide = { input: 16, params: 16, output: 16 } as const;
    assert.equal(
      await calibrated({ overlay, widths: wide }),
      await calibrated({ overlay, widths: wide, calibrator: 'mse' }),
    );
  });
}

test('v2: each channel has its largest weight, that raised for an exact multiplier, or half of the raised one', async () => {
  const kinds = [0, 0, 0];
  for (const layer of await calibrated({ overlay: 'v2' })) {
    const largest = largestOf(layer.name);
    if (layer.form === 'InnerProduct' || largest.length === 0) continue;
    const raised = exactParams({ ...layer, th_params: largest });
    for (const [c, th] of layer.th_params.entries()) {
      const kind = [largest[c], raised[c], (raised[c] ?? 0) / 2].indexOf(th);
      assert.ok(kind >= 0, `${layer.name}, channel ${c}: ${th} of ${largest[c]}`);
      assert.ok(th >= LEAST_SHARE * (largest[c] ?? 0));
      kinds[kind]!++;
    }
  }
  assert.ok(
    kinds.every((count) => count > 0),
    `${kinds}`,
  );
});

test('v2: no threshold is further than 2^(1.5 / 8) from that of mse where both are measured on the same codes', async () => {
  const [found, start] = await Promise.all([calibrated({}), calibrated({ calibrator: 'mse' })]);
  const [first, other] = [found[0]?.th_layer_out ?? 0, start[0]?.th_layer_out ?? 0];
  assert.ok(Math.abs(Math.log2(first / other)) <= 1.5 / 8 + 1e-9, `${first} of ${other}`);
});

test('v3: the calibration is that of mse', async () => {
  assert.equal(await calibrated({ overlay: 'v3' }), await calibrated({ overlay: 'v3', calibrator: 'mse' }));
});

test('scale raises no threshold that was chosen', async () => {
  const layers = await calibrated({ overlay: 'v2' });
  for (const { name, th_params = [] } of scale(layers, { overlay: 'v2' }))
    assert.equal(th_params, layers.find((layer) => layer.name === name)?.th_params ?? []);
});

test('rescaling to v3 starts from the largest weights again where the network is there', async () => {
  const entries = scale(await calibrated({ overlay: 'v2' }), { overlay: 'v2' });
  const rescaled = rescale(withLargestWeights(entries, graph), 'v2', { overlay: 'v3' }, graph);
  for (const { name, th_params = [] } of rescaled) assert.equal(th_params, largestOf(name));
  assert.equal(remarks(checkScaling(rescaled, { overlay: 'v3', graph })), []);
});

test('the reference walk is a usage error', async () => {
  const message = await calibrated({ walk: 'reference' }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /--walk: expected progressive with --calibrator search, got reference\./);
});

test.run();

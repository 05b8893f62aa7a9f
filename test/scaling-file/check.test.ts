import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrate } from '../../src/jobs/calibrate.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { optimise } from '../../src/optimise/index.js';
import { checkScaling } from '../../src/scaling-file/check.js';
import { detectOverlay } from '../../src/scaling-file/entry-form.js';

import { root, shared, testShared } from '../support.js';
import { flagsOf } from '../whole/walk-cases.js';
import { cases, changed, entriesOf, faultsOf, graphOf, places, walk } from './recorded.js';
import { sample } from './samples.js';

testShared('published files have no faults, and their overlay is recognised', () => {
  for (const file of readdirSync(join(shared, 'golden/scaling'))) {
    const entries = JSON.parse(readFileSync(join(shared, 'golden/scaling', file), 'utf8')).network;
    assert.is(detectOverlay(entries), file.includes('v3') ? 'v3' : 'v2', file);
    assert.equal(checkScaling(entries), [], file);
  }
});

testShared('recorded files have no faults against their networks, and their overlay is recognised', async () => {
  for (const name of cases) {
    const entries = entriesOf(name);
    assert.is(detectOverlay(entries), flagsOf(join(walk, name)).overlay ?? 'v2', name);
    assert.equal(faultsOf(entries, { graph: await graphOf(name) }), [], name);
  }
});

test('files made here have no faults', () => {
  for (const overlay of ['v2', 'v3'] as const) {
    assert.is(detectOverlay(sample(overlay)), overlay);
    assert.equal(checkScaling(sample(overlay)), []);
  }
});

test('of an entry with a width that cannot be nothing else is said, against its network too', async () => {
  const example = (name: string): string => join(root, 'examples/cifar10', name);
  const { graph } = optimise(
    (await loadNetwork({ deploy_model: example('deploy.prototxt'), weights: example('model.caffemodel') })).graph,
  );
  const image = Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i) * 50);
  const layers = await calibrate(
    graph,
    { arrays: [image] },
    {
      widths: { input: 8, params: 8, output: 8 },
      threads: 1,
    },
  );
  const broken = changed(scaleLayers(layers, { overlay: 'v3' }), 'conv1', () => ({ bw_layer_in: 7 }));
  assert.equal(places(faultsOf(broken, { graph, overlay: 'v3' })), [['conv1', 'bw_layer_in', undefined, false]]);
});

test.run();

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadNetwork } from '../../src/jobs/network.js';
import { optimise } from '../../src/optimise/index.js';
import type { OverlayName, ScalingEntry } from '../../src/scaling/index.js';
import { rescale } from '../../src/scaling-file/rescale.js';
import { shared, testShared } from '../support.js';
import { flagsOf } from '../whole/walk-cases.js';
import { sample } from './samples.js';

const walk = join(shared, 'golden/walk');
const entriesOf = (name: string): ScalingEntry[] =>
  JSON.parse(readFileSync(join(walk, name, 'expected.json'), 'utf8')).network;

for (const [v2, v3] of [
  ['a-tiny', 'e-tiny-v3'],
  ['k-leaky', 'k-leaky-v3'],
  ['l-avepool', 'l-avepool-v3'],
] as const) {
  testShared(`${v2} rescaled to v3 is what the walk writes for v3, and back`, async () => {
    assert.ok(existsSync(join(walk, v3)));
    const { graph } = optimise((await loadNetwork(flagsOf(join(walk, v2)))).graph);
    assert.equal(rescale(entriesOf(v2), 'v2', { overlay: 'v3' }, graph), entriesOf(v3));
    assert.equal(rescale(entriesOf(v3), 'v3', { overlay: 'v2' }), entriesOf(v2));
  });
}

test('rescaling to the same overlay and widths changes nothing', () => {
  for (const overlay of ['v2', 'v3'] as OverlayName[])
    assert.equal(rescale(sample(overlay), overlay, { overlay }), sample(overlay));
});

test('other widths keep the thresholds', () => {
  const wide = rescale(sample(), 'v2', { overlay: 'v2', widths: { input: 16, params: 16, output: 16 } });
  assert.equal(
    wide.map(({ th_layer_in, th_params }) => [th_layer_in, th_params]),
    sample().map(({ th_layer_in, th_params }) => [th_layer_in, th_params]),
  );
  assert.equal(
    wide.map(({ bw_layer_in, bw_params, sf_layer_in }) => [bw_layer_in, bw_params, sf_layer_in]),
    sample().map(({ bw_params, th_layer_in }) => [16, bw_params && 16, th_layer_in / 32767]),
  );
  assert.equal(rescale(wide, 'v2', { overlay: 'v2', widths: { input: 8, params: 8, output: 8 } }), sample());
});

testShared('only what reads the input takes its width', async () => {
  const { graph } = optimise((await loadNetwork(flagsOf(join(walk, 'c-residual')))).graph);
  const mixed = rescale(
    entriesOf('c-residual'),
    'v2',
    { overlay: 'v2', widths: { input: 16, params: 8, output: 8 } },
    graph,
  );
  assert.equal(
    mixed.filter(({ bw_layer_in }) => bw_layer_in === 16).map(({ name }) => name),
    [mixed[0]!.name],
  );
});

test.run();

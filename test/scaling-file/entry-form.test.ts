import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { overlayOf, type ScalingEntry } from '../../src/scaling/index.js';
import { bestDerivation, detectOverlay, hasCoarseScale, rebuildEntry } from '../../src/scaling-file/entry-form.js';
import { shared, testShared } from '../support.js';
import { sample } from './samples.js';

const named = (entries: readonly ScalingEntry[], name: string): ScalingEntry =>
  entries.find((entry) => entry.name === name)!;

testShared('the overlay of published files is recognised', () => {
  const folder = join(shared, 'golden/scaling');
  for (const file of readdirSync(folder)) {
    const { network } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    assert.is(detectOverlay(network), file.includes('v3') ? 'v3' : 'v2', file);
  }
});

test('the overlay is the one that most entries speak for, by their triples, else by the scales that it holds', () => {
  assert.equal([detectOverlay(sample('v2')), detectOverlay(sample('v3'))], ['v2', 'v3']);
  const oneOf = (scale: number): ScalingEntry[] => [{ ...named(sample(), 'conv1'), scale: [scale, 1, 1] }];
  assert.is(detectOverlay(oneOf(257)), 'v3', 'v2 holds 256');
  assert.is(detectOverlay(oneOf(1e6)), 'v3', 'none holds it: the overlay with the largest scale');
  assert.is(detectOverlay([]), 'v2');
  const small = sample('v3').map((entry) => ({ ...entry, scale: entry.scale.map(() => 3) }));
  assert.is(detectOverlay(small), 'v2', 'no triple follows from either');
  for (const overlay of ['v2', 'v3'] as const)
    for (const scale of [3, 300, 1e6])
      for (const { name } of sample(overlay)) {
        const wrong = sample(overlay).map((entry) =>
          entry.name === name ? { ...entry, scale: entry.scale.map(() => scale) } : entry,
        );
        assert.is(detectOverlay(wrong), overlay, `scale ${scale} in ${name}`);
      }
});

test('entries with a width that no overlay has tell nothing of the overlay', () => {
  const broken = sample('v3').map((entry) => ({ ...entry, bw_layer_in: 7, scale: entry.scale.map(() => 3) }));
  assert.is(detectOverlay(broken), 'v2');
});

test('the form of an entry is that from which most of its triples follow; the window of a pooling is found', () => {
  const entries = sample('v3');
  const formOf = (name: string): unknown => bestDerivation(named(entries, name), overlayOf('v3')).kind;
  assert.equal(formOf('conv1'), { form: 'Convolution', area: 1 });
  assert.equal(formOf('sum'), { form: 'Eltwise', area: 1 });
  assert.equal(formOf('pool'), { form: 'AveragePooling', area: 49 });
});

test('an entry made anew from its thresholds is itself', () => {
  for (const name of ['v2', 'v3'] as const) {
    for (const entry of sample(name)) {
      const { kind } = bestDerivation(entry, overlayOf(name));
      assert.equal(rebuildEntry({ ...entry, scale: entry.scale.map(() => 0) }, kind, overlayOf(name)), entry);
    }
  }
});

test('a Scale of the original differs where it has the row of a Convolution here', () => {
  const [conv1] = sample();
  const wide = { ...conv1!, bw_layer_in: 16 };
  assert.equal(
    [conv1!, wide].flatMap((entry) =>
      ['v2', 'v3'].map((name) => hasCoarseScale(entry, overlayOf(name as 'v2' | 'v3'))),
    ),
    [true, false, true, true],
  );
});

test.run();

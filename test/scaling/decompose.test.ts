import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildEntry, decompose, limitsOf, type EntryForm, type Overlay, type ScalingEntry } from '../../src/scaling/index.js';
import { shared, testShared } from '../support.js';

const folder = join(shared, 'golden/scaling');
const files = existsSync(folder) ? readdirSync(folder) : [];

/** Average pooling entries of the recorded files belong to layers of a known window. */
function formOf(entry: ScalingEntry): { form: EntryForm; area: number } {
  if (entry.th_params !== undefined) return { form: 'Convolution', area: 1 };
  return entry.scale.length > 1 ? { form: 'AveragePooling', area: 49 } : { form: 'Eltwise', area: 1 };
}

testShared('every triple of the recorded files follows from their thresholds', () => {
  let triples = 0;
  for (const file of files) {
    const overlay: Overlay = file.includes('v3') ? 'v3' : 'v2';
    for (const entry of JSON.parse(readFileSync(join(folder, file), 'utf8')).network as ScalingEntry[]) {
      const { bw_params = 8, th_params = [], ...rest } = entry;
      const built = buildEntry({ ...rest, ...formOf(entry), bw_params, th_params, channels: entry.scale.length }, overlay);
      for (let c = 0; c < entry.scale.length; c++) {
        const where = `${file} ${entry.name}[${c}]`;
        const dead = entry.scale[c] === 0;
        assert.is(built.scale[c], entry.scale[c], `${where} scale`);
        assert.is(built.prescale_shift[c], entry.prescale_shift[c], `${where} prescale_shift`);
        if (!dead) assert.is(built.postscale_shift[c], entry.postscale_shift[c], `${where} postscale_shift`);
        triples++;
      }
    }
  }
  assert.is(triples, 22840);
});

test('a decomposed multiplier is within half a unit of its last bit', () => {
  let state = 7;
  for (let i = 0; i < 5000; i++) {
    state = (state * 48271) % 2147483647;
    const multiplier = 2 ** -((state % 12) + 1) * (1 + state / 2147483647);
    for (const overlay of ['v2', 'v3'] as const) {
      const { prescale_shift, scale, postscale_shift } = decompose(multiplier, limitsOf('Convolution', 8, overlay));
      const bits = overlay === 'v2' ? 7 : 15;
      const value = scale * 2 ** -(prescale_shift + postscale_shift);
      assert.ok(Math.abs(value - multiplier) <= multiplier * 2 ** -bits, `${overlay} ${multiplier}: ${value}`);
    }
  }
});

test('nothing is multiplied where there is nothing to scale', () => {
  const none = { prescale_shift: 0, scale: 0, postscale_shift: 0 };
  for (const multiplier of [0, NaN, Infinity]) assert.equal(decompose(multiplier, limitsOf('Scale', 8, 'v2')), none);
});

test('ResNet-50: the 7 x 7 average pooling of overlay v3', () => {
  assert.equal(decompose(Math.fround(1 / 49), limitsOf('AveragePooling', 8, 'v3')), { prescale_shift: 0, scale: 21400, postscale_shift: 20 });
});

test.run();

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFloat, formatScaling } from '../../src/scaling-file/format.js';
import { Random } from '../fixed/random.js';
import { shared, testShared } from '../support.js';
import { throws } from '../throws.js';
import { sample } from './samples.js';

testShared('recorded files are written byte for byte', () => {
  const walk = join(shared, 'golden/walk');
  for (const name of readdirSync(walk)) {
    const file = join(walk, name, 'expected.json');
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    assert.is(formatScaling(JSON.parse(text).network), text, name);
  }
});

test('floats always bear a point or an exponent', () => {
  assert.equal([151, 0, 0.5, 1e-5, 1.25e-7, 1e16, 123456789].map(formatFloat), [
    '151.0',
    '0.0',
    '0.5',
    '1e-05',
    '1.25e-07',
    '1e+16',
    '123456789.0',
  ]);
});

test('an empty network is still a network', () => {
  assert.equal(JSON.parse(formatScaling([])), { network: [] });
});

test('names are written in ASCII, as Python writes them, and read back', () => {
  const [entry] = sample();
  const name = 'conv/é "1" \u{1f600}\x7f';
  const text = formatScaling([{ ...entry!, name }]);
  assert.match(text, /"name": "conv\/\\u00e9 \\"1\\" \\ud83d\\ude00\\u007f"/);
  assert.is(JSON.parse(text).network[0].name, name);
});

test('random doubles are written as they are read, in the shortest digits', () => {
  const random = new Random(11);
  const view = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < 20000; i++) {
    view.setUint32(0, random.whole(2 ** 32));
    view.setUint32(4, random.whole(2 ** 32));
    const value = random.pick([view.getFloat64(0), random.float(-30, 60), random.signed(53)]);
    if (!Number.isFinite(value)) continue;
    const text = formatFloat(value);
    assert.is(Number(text), value);
    assert.match(text, /^-?\d+(\.\d+)?(e[+-]\d\d+)?$/);
    assert.match(text, /[.e]/);
  }
});

test('what JSON cannot hold, or a consumer would misread, is an error that names entry and key', () => {
  const [entry] = sample();
  throws(
    () => formatScaling([{ ...entry!, th_layer_in: NaN }]),
    /^entry "conv1": th_layer_in: expected a finite number, got NaN\./,
  );
  throws(
    () => formatScaling([{ ...entry!, scale: [1.5] }]),
    /^entry "conv1": scale: expected a whole number, got 1\.5\./,
  );
});

test('a key without a value is left out', () => {
  const [entry] = sample();
  const { bw_params: _, ...without } = entry!;
  assert.is(formatScaling([{ ...entry!, bw_params: undefined } as any]), formatScaling([without]));
});

test.run();

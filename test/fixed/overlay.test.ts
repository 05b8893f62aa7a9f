import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as overlay from '../../src/fixed/index.js';
import { shiftRightRounding } from '../../src/fixed/rounding.js';
import { shared, testShared } from '../support.js';

type Call = Record<string, any>;
const file = join(shared, 'golden/overlay.json');
const golden: Record<string, Call[]> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

testShared('recorded calls: quantizing and unquantizing', () => {
  for (const c of golden['quantizeTensor']!) assert.equal([...overlay.quantizeTensorArray(c['threshold'], c['bitwidth'], c['x'])], c['y']);
  for (const c of golden['quantizeWeights']!) assert.equal([...overlay.quantizeWeightsArray([c['threshold']], c['bitwidth'], c['x'])], c['y']);
  for (const c of golden['quantizeBias']!) assert.equal([...overlay.quantizeBiasArray(c['threshold'], c['bitwidth'], c['x'])], c['y']);
  for (const c of golden['biasV3']!) assert.equal([...overlay.quantizeBiasV3Array(c['th_layer_in'], c['th_params'], c['bitwidth'], c['bias'])], c['y']);
  for (const c of golden['unquantizeTensor']!) assert.equal([...overlay.unquantizeTensorArray(c['threshold'], c['bitwidth'], c['q'])], c['y']);
});

testShared('recorded calls: between layers', () => {
  for (const c of golden['interLayerV2']!) assert.equal([...overlay.interLayerV2Array([c['prescale_shift']], [c['scale']], [c['postscale_shift']], c['bitwidth'], c['acc'])], c['y']);
  for (const c of golden['interLayerV3']!) assert.equal([...overlay.interLayerV3Array([c['prescale_shift']], [c['scale']], [c['postscale_shift']], c['bitwidth'], c['acc'], [c['bias']])], c['y']);
  for (const c of golden['avgPool']!) assert.is(overlay.avgPool(c['sum'], c['scale'], c['shift'], c['bitwidth']), c['y']);
});

test('the rounding shift equals its definition on BigInt', () => {
  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647);
  for (let i = 0; i < 20000; i++) {
    const value = (random() - 1073741824) * 2 ** (random() % 22) + (random() % 3);
    const shift = random() % 48;
    const v = BigInt(value);
    const expected = shift > 0 ? ((v >> BigInt(shift - 1)) + 1n) >> 1n : v;
    assert.is(BigInt(shiftRightRounding(value, shift)), expected, `${value} >> ${shift}`);
  }
});

test('halves round up, negative ones too', () => {
  assert.equal([-3, -1, 1, 3].map((v) => shiftRightRounding(v, 1)), [-1, 0, 1, 2]);
});

test('what cannot be computed exactly is an error', () => {
  assert.throws(() => overlay.interLayerV2(0, 257, 0, 8, 1), /scale of at most 256/);
  assert.throws(() => overlay.interLayerV3(0, 65536, 0, 8, 1, 0), /scale of 0 to 65535/);
  assert.throws(() => overlay.interLayerV3(0, 1, 0, 8, 1, 8388608), /24 bits/);
  assert.throws(() => overlay.interLayerV3(0, 65535, 0, 8, 2 ** 40, 0), /2\^53/);
  assert.throws(() => overlay.avgPool(2 ** 47, 1, 0, 16), /47 bits/);
  assert.throws(() => overlay.interLayerV2(0, 1, 0, 8, 0.5), /whole number/);
});

test('a dead channel gives codes of 0', () => {
  assert.is(overlay.quantizeWeights(0, 8, 3), 0);
  assert.is(overlay.quantizeTensor(1e-40, 16, 3), 0);
  assert.is(overlay.quantizeBiasV3(1, 0, 8, 3), 0);
});

test.run();

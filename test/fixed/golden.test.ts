import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as overlay from '../../src/fixed/index.js';
import { shared, testShared } from '../support.js';

type Call = Record<string, any>;
const file = join(shared, 'golden/overlay.json');
const golden: Record<string, Call[]> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

testShared('recorded calls: quantizing and unquantizing', () => {
  for (const c of golden['quantizeTensor']!)
    assert.equal([...overlay.quantizeTensorArray(c['threshold'], c['bitwidth'], c['x'])], c['y']);
  for (const c of golden['quantizeWeights']!)
    assert.equal([...overlay.quantizeWeightsArray([c['threshold']], c['bitwidth'], c['x'])], c['y']);
  for (const c of golden['quantizeBias']!)
    assert.equal([...overlay.quantizeBiasArray(c['threshold'], c['bitwidth'], c['x'])], c['y']);
  for (const c of golden['biasV3']!)
    assert.equal([...overlay.quantizeBiasV3Array(c['th_layer_in'], c['th_params'], c['bitwidth'], c['bias'])], c['y']);
  for (const c of golden['unquantizeTensor']!)
    assert.equal([...overlay.unquantizeTensorArray(c['threshold'], c['bitwidth'], c['q'])], c['y']);
});

testShared('recorded calls: between layers', () => {
  for (const c of golden['interLayerV2']!)
    assert.equal(
      [
        ...overlay.interLayerV2Array(
          [c['prescale_shift']],
          [c['scale']],
          [c['postscale_shift']],
          c['bitwidth'],
          c['acc'],
        ),
      ],
      c['y'],
    );
  for (const c of golden['interLayerV3']!)
    assert.equal(
      [
        ...overlay.interLayerV3Array(
          [c['prescale_shift']],
          [c['scale']],
          [c['postscale_shift']],
          c['bitwidth'],
          c['acc'],
          [c['bias']],
        ),
      ],
      c['y'],
    );
  for (const c of golden['avgPool']!)
    assert.is(overlay.avgPool(c['sum'], c['scale'], c['shift'], c['bitwidth']), c['y']);
});

testShared('every recorded function is held to its calls', () => {
  const functions = [
    'quantizeTensor',
    'quantizeWeights',
    'unquantizeTensor',
    'quantizeBias',
    'biasV3',
    'interLayerV2',
    'interLayerV3',
    'avgPool',
  ];
  assert.equal(Object.keys(golden).sort(), functions.sort());
  for (const name of functions) assert.ok(golden[name]!.length >= 120, name);
});

test.run();

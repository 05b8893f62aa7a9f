import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ZERO } from '../../src/fixed/grid.js';
import { interLayerV3 } from '../../src/fixed/inter-layer.js';
import { codeFactor } from '../../src/fixed/quantize.js';

test('edges: the zero threshold, a factor beyond float32, the extreme biases', () => {
  assert.is(ZERO, 1e-8);
  assert.is(codeFactor('edge', 2 ** -126, 8), 0);
  assert.is(interLayerV3(0, 1, 0, 8, 8388608, -8388608), 0);
  assert.is(interLayerV3(0, 1, 0, 8, -8388607, 8388607), 0);
});

test.run();

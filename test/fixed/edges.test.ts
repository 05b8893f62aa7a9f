import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { avgPoolArray, interLayerV2Array } from '../../src/fixed/arrays.js';
import { checkThreshold } from '../../src/fixed/checks.js';
import { ZERO } from '../../src/fixed/grid.js';
import { interLayerV3 } from '../../src/fixed/inter-layer.js';
import { codeFactor } from '../../src/fixed/quantize.js';

test('edges: the zero threshold, a factor beyond float32, the extreme biases', () => {
  assert.is(ZERO, 1e-8);
  assert.is(codeFactor('edge', 2 ** -126, 8), 0);
  assert.is(interLayerV3(0, 1, 0, 8, 8388608, -8388608), 0);
  assert.is(interLayerV3(0, 1, 0, 8, -8388607, 8388607), 0);
});

test('edges: the smallest normal float32 is a threshold, what is below it none', () => {
  assert.is(checkThreshold('edge', 2 ** -126), 2 ** -126);
  assert.is(checkThreshold('edge', 2 ** -127), 0);
});

test('edges: channels of several pixels have their own numbers, and one number is for any count', () => {
  assert.equal([...interLayerV2Array([0, 0], [1, 3], [0, 0], 8, [1, 2, 4, 5])], [1, 2, 12, 15]);
  assert.equal([...interLayerV2Array(0, 2, 0, 8, [1, 2, 3])], [2, 4, 6]);
  assert.equal([...avgPoolArray([1, 2, 4, 5], [1, 3], [0, 0], 8)], [1, 2, 12, 15]);
});

test.run();

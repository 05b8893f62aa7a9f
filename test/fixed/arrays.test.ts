import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as overlay from '../../src/fixed/index.js';

test('array forms take one number per channel, or one for all', () => {
  const x = Float32Array.of(1, -1, 0.5, 0.25, 0.1, -0.1);
  assert.equal(overlay.quantizeTensorArray(1, 8, x), Int8Array.of(127, -127, 63, 31, 12, -12));
  assert.equal(overlay.quantizeWeightsArray([1, 0.5, 0.1], 8, x), Int8Array.of(127, -127, 127, 64, 127, -127));
  assert.equal(overlay.quantizeWeightsArray(1, 16, x), Int16Array.of(32767, -32767, 16384, 8192, 3277, -3277));
  assert.equal(overlay.quantizeBiasArray(1, 16, x), overlay.quantizeWeightsArray(1, 16, x));
  assert.equal(overlay.unquantizeTensorArray(2, 8, Int8Array.of(127, 0, -127)), Float32Array.of(2, 0, -2));
  assert.equal(overlay.interLayerV2Array(0, [1, 2], [0, 1], 8, [5, -5, 5, -5]), Int8Array.of(5, -5, 5, -5));
  assert.equal(
    overlay.interLayerV3Array([0, 0], [1, 2], 0, 16, Float64Array.of(1, 2, 3, 4), [0, 1]),
    Int16Array.of(1, 2, 32767, 32767),
  );
  assert.equal(overlay.avgPoolArray(Int32Array.of(8, 16), 1, [3, 4], 8), Int8Array.of(1, 1));
});

test('biases of overlay v3 keep what int32 would wrap', () => {
  assert.equal(overlay.quantizeBiasV3Array(1, [1, 0], 16, [1e30, 1]), Float64Array.of(2 ** 31, 0));
  assert.equal(overlay.quantizeBiasV3Array(127, 127, 8, [3, -3]), Float64Array.of(3, -3));
});

test('nothing in, nothing out', () => {
  assert.equal(overlay.interLayerV2Array([], [], [], 8, []), new Int8Array(0));
  assert.equal(overlay.quantizeWeightsArray([], 16, []), new Int16Array(0));
});

test('lists that do not fit are errors', () => {
  assert.throws(() => overlay.interLayerV2Array([0], [1, 1], [0], 8, [1, 2]), /lists of one length/);
  assert.throws(() => overlay.quantizeWeightsArray([1, 1], 8, [1, 2, 3]), /2 channels of equal size, got 3 values/);
  assert.throws(() => overlay.quantizeWeightsArray([], 8, [1]), /0 channels/);
  assert.throws(() => overlay.quantizeBiasV3Array(1, [1], 8, [1, 2]), /one threshold per bias, 2, got 1/);
  assert.throws(() => overlay.quantizeTensorArray(1, 9, [1]), /bit width/);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { throws } from '../throws.js';
import { load } from './networks.js';

/** The shape that a Reshape of a 1x4x3x3 image gets in a file with a batch of 10 (or another). */
function reshaped(dims: string, batch = 10): readonly number[] | undefined {
  const graph = load(
    `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [${batch}, 4, 3, 3] } } }
    layer { name: "y" type: "Reshape" bottom: "data" top: "y" reshape_param { shape { dim: [${dims}] } } }`,
  );
  return graph.values[graph.names['y'] ?? -1]?.shape;
}

test('the batch of the file in a Reshape means one image', () => {
  assert.equal(reshaped('10, 36'), [1, 36]);
  assert.equal(reshaped('10, -1'), [1, 36]);
  assert.equal(reshaped('4, -1', 4), [1, 36]);
  assert.equal(reshaped('10, 0, -1'), [1, 4, 9]);
  assert.equal(reshaped('90, 4'), [9, 4], 'a multiple: rows of all images');
  assert.equal(reshaped('90, -1'), [9, 4]);
});

test('dims that fit one image stay', () => {
  assert.equal(reshaped('4, 9', 4), [4, 9]);
  assert.equal(reshaped('0, -1'), [1, 36]);
  assert.equal(reshaped('-1, 4'), [9, 4]);
  assert.equal(reshaped('12, -1', 4), [12, 3]);
  throws(() => reshaped('10, 35'), /expected a shape with the 36 elements of 1x4x3x3, got 1x35\.$/);
});

test('the batch of a data layer', () => {
  const graph = load(
    `layer { name: "data" type: "Data" top: "data" data_param { batch_size: 50 } transform_param { crop_size: 2 } }
    layer { name: "y" type: "Reshape" bottom: "data" top: "y" reshape_param { shape { dim: [50, 12] } } }`,
  );
  assert.equal(graph.values[1]?.shape, [1, 12]);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkOf, relu } from '../../plans.js';
import { batchOf, codes, outputOf, raw } from '../batches.js';
import { gridCode, gridValue } from '../fake-quantization.js';

const graph = networkOf(relu('r', 'data'));
const data = outputOf(graph, 'data');
const images = [7, 9].map((seed) => Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * seed) * 6));

test('raw values become codes, and codes become codes of another grid by way of their values', async () => {
  const { batch, stored } = await batchOf(graph, images);
  await batch.run({ do: 'input', node: 0 });
  batch.bind([
    [0, 5],
    [1, 3.3],
  ]);
  const [first, second] = [{ threshold: 0, bits: 8 } as const, { threshold: 1, bits: 16 } as const];
  await batch.run({ do: 'round', node: 0, from: raw(data), grid: first });
  await batch.run({ do: 'round', node: 0, from: codes(data, first), grid: second });
  for (const [image, values] of images.entries()) {
    const expected = [...values].map((x) => gridCode(x, 5, 8));
    assert.equal(stored(image, codes(data, first)), expected);
    assert.equal(
      stored(image, codes(data, second)),
      expected.map((code) => gridCode(gridValue(code, 5, 8), 3.3, 16)),
    );
  }
});

test('what a rounding releases is gone', async () => {
  const { batch, stored, store } = await batchOf(graph, images);
  await batch.run({ do: 'input', node: 0 });
  batch.bind([[0, 5]]);
  const grid = { threshold: 0, bits: 8 } as const;
  await batch.run({ do: 'round', node: 0, from: raw(data), grid, releases: true });
  for (const [image, values] of images.entries()) {
    assert.equal(
      stored(image, codes(data, grid)),
      [...values].map((x) => gridCode(x, 5, 8)),
    );
    assert.not.ok(store.has(`${image}:${data}`));
  }
});

test('a threshold that counts as zero gives codes of 0', async () => {
  const { batch, stored } = await batchOf(graph, images);
  await batch.run({ do: 'input', node: 0 });
  batch.bind([[0, 1e-9]]);
  const grid = { threshold: 0, bits: 8 } as const;
  await batch.run({ do: 'round', node: 0, from: raw(data), grid });
  assert.ok(stored(0, codes(data, grid)).every((code) => code === 0));
});

test('a threshold that is not bound is an internal error that names the layer', async () => {
  const { batch } = await batchOf(graph, images);
  await batch.run({ do: 'input', node: 0 });
  const step = { do: 'round', node: 0, from: raw(data), grid: { threshold: 4, bits: 8 } } as const;
  const error = await batch.run(step).catch((thrown) => thrown);
  assert.is(error.message, 'calibration: threshold 4 is not bound.');
});

test.run();

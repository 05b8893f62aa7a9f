import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../../../src/caffe/index.js';
import { maxPooling, networkOf } from '../../plans.js';
import { batchOf, codes, indexOf, outputOf, raw } from '../batches.js';

const image = Float32Array.from({ length: 256 }, (_, i) => ((i * 37) % 255) - 127);

/** Codes of the 3 x 3 window around a pixel of 8 x 8, as far as it lies in the channel. */
function window(channel: number, y: number, x: number): number[] {
  const inside = (i: number): boolean => i >= 0 && i < 8;
  return [-1, 0, 1].flatMap((dy) =>
    [-1, 0, 1].flatMap((dx) =>
      inside(y + dy) && inside(x + dx) ? [image[channel * 64 + (y + dy) * 8 + x + dx]!] : [],
    ),
  );
}

test('the largest code of each window, on the grid of the input', async () => {
  const graph = networkOf(maxPooling('p', 'data'));
  const { batch, stored } = await batchOf(graph, [image]);
  const grid = { threshold: 0, bits: 8 } as const;
  const input = codes(outputOf(graph, 'data'), grid);
  batch.bind([[0, 127]]);
  await batch.run({ do: 'input', node: 0 });
  await batch.run({ do: 'round', node: 0, from: raw(input.value), grid });
  const { count } = await batch.run({ do: 'pool', node: indexOf(graph, 'p'), input });
  assert.is(count, 0, 'codes have no statistics');
  const expected = Array.from({ length: 256 }, (_, i) => Math.max(...window(i >> 6, (i >> 3) & 7, i & 7)));
  assert.equal(stored(0, codes(outputOf(graph, 'p'), grid)), expected);
});

test('an average that its sums cannot hold is refused with the name of its layer', async () => {
  const graph = loadCaffe({
    prototxt: `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 256 dim: 256 } } }
      layer { name: "wide" type: "Pooling" bottom: "data" top: "wide" pooling_param { pool: AVE global_pooling: true } }`,
    seedWeights: 1,
  });
  const { batch } = await batchOf(graph, [new Float32Array(65536).fill(1)]);
  const grid = { threshold: 0, bits: 16 } as const;
  const input = codes(outputOf(graph, 'data'), grid);
  batch.bind([[0, 1]]);
  await batch.run({ do: 'input', node: 0 });
  await batch.run({ do: 'round', node: 0, from: raw(input.value), grid });
  const error = await batch.run({ do: 'pool', node: indexOf(graph, 'wide'), input }).catch((thrown) => thrown);
  assert.match(
    error.message,
    /layer "wide" \(Pooling\): expected an average over fewer than 65536 elements at 16 bits, got 256x256/,
  );
});

test.run();

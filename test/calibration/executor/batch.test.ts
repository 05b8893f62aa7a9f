import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../../src/caffe/index.js';
import { ActivationStore } from '../../../src/calibration/executor/activation-store.js';
import { Batch } from '../../../src/calibration/executor/batch.js';
import { fail } from '../../../src/error.js';
import { createEngine } from '../../../src/kernels/engine.js';
import { batchOf, codes, indexOf, outputOf, raw } from './batches.js';

const graph = loadCaffe({
  prototxt: `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 2 dim: 2 } } }
    layer { name: "r" type: "ReLU" bottom: "data" top: "r" }`,
  seedWeights: 1,
});
const [input, data] = [indexOf(graph, 'data'), outputOf(graph, 'data')];
const images = [Float32Array.of(1, -2, 0, 4), Float32Array.of(0.5, -8, 3, 0)];

test('reading gives the statistics of all images', async () => {
  const { batch, stored } = await batchOf(graph, images);
  assert.equal(await batch.run({ do: 'input', node: input }), { max: 8, min: 0, count: 8, bad: -1 });
  assert.equal(batch.owned, [0, 1]);
  assert.equal(stored(1, raw(data)), [0.5, -8, 3, 0]);
});

test('the first image that is not finite is named by its number', async () => {
  const { batch } = await batchOf(graph, [
    images[0]!,
    Float32Array.of(0, NaN, 0, 0),
    Float32Array.of(Infinity, 0, 0, 0),
  ]);
  assert.is((await batch.run({ do: 'input', node: input })).bad, 1);
});

test('statistics and histograms take forms together, codes as the values they stand for', async () => {
  const { batch } = await batchOf(graph, images);
  await batch.run({ do: 'input', node: input });
  batch.bind([[0, 4]]);
  const grid = { threshold: 0, bits: 8 } as const;
  await batch.run({ do: 'round', node: input, from: raw(data), grid });
  const forms = [raw(data), codes(data, grid)];
  const { max, min, count } = batch.statistics(forms);
  assert.equal([max, min, count], [8, 0, 16]);
  const { counts, zeros } = batch.histogram({ forms, max: 8, bins: 2, countZeros: true });
  assert.equal(
    [[...counts], zeros],
    [[12, 4], 4],
    '-8 and 4 lie in the upper bin, as codes too, where -8 is clipped to -4',
  );
  assert.is(batch.histogram({ forms, max: 8, bins: 2, countZeros: false }).zeros, 0);
});

test('an image changes hands with its input', async () => {
  const { batch, store, stored } = await batchOf(graph, images);
  await batch.run({ do: 'input', node: input });
  const given = batch.give(0, data);
  assert.equal([[...given], batch.owned, store.has(`0:${data}`)], [[1, -2, 0, 4], [1], false]);
  batch.put(7, data, given);
  assert.equal(
    [batch.owned, stored(7, raw(data))],
    [
      [1, 7],
      [1, -2, 0, 4],
    ],
  );
});

/** A batch of four images: the second cannot be decoded, the fourth cannot be read. */
async function unreadable(): Promise<Batch> {
  const engine = await createEngine();
  const load = async (image: number): Promise<Float32Array> => {
    if (image === 1) fail('format', 'b.png', 'expected an image, got a text.');
    if (image === 3) fail('file', 'd.png', 'no such file.');
    return images[0]!;
  };
  return new Batch(engine, graph, [0, 1, 2, 3], load, new ActivationStore(engine, Infinity, null));
}

test('reading ends at the first image that cannot be read', async () => {
  const batch = await unreadable();
  const { failed, skipped } = await batch.read(input, false);
  assert.equal([failed?.image, failed?.error.message], [1, 'b.png: expected an image, got a text.']);
  assert.equal([skipped, batch.owned], [[], [0]]);
});

test('images that cannot be decoded are skipped on request, other errors are not', async () => {
  const batch = await unreadable();
  const { failed, skipped } = await batch.read(input, true);
  assert.equal(
    skipped.map(({ image, error }) => [image, error.where]),
    [[1, 'b.png']],
  );
  assert.equal([failed?.image, failed?.error.code], [3, 'file']);
  assert.equal(batch.owned, [0, 2]);
});

test('an input of the wrong size is an error that names image and layer', async () => {
  const { batch } = await batchOf(graph, [new Float32Array(3)]);
  const error = await batch.run({ do: 'input', node: input }).catch((thrown) => thrown);
  assert.match(error.message, /^image 1 of the calibration batch: expected a Float32Array of 4 values/);
});

test('a form that was released or never written is an internal error', async () => {
  const { batch } = await batchOf(graph, images);
  await batch.run({ do: 'input', node: input });
  await batch.run({ do: 'free', forms: [raw(data)] });
  const error = await batch
    .run({ do: 'float', node: indexOf(graph, 'r'), inputs: [raw(data)] })
    .catch((thrown) => thrown);
  assert.equal([error.code, error.where], ['internal', 'activation store']);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layer, networkOf } from '../../plans.js';
import { batchOf, codes, indexOf, outputOf, raw } from '../batches.js';

const slices =
  'layer { name: "s" type: "Slice" bottom: "data" top: "left" top: "right" slice_param { slice_point: 1 } }';
const image = Float32Array.from({ length: 256 }, (_, i) => i - 100);

test('raw elements and codes are moved as they are stored', async () => {
  const graph = networkOf(slices);
  const { batch, stored } = await batchOf(graph, [image]);
  const [left, right] = graph.nodes[indexOf(graph, 's')]!.outputs as [number, number];
  const data = outputOf(graph, 'data');
  const grid = { threshold: 0, bits: 8 } as const;
  batch.bind([[0, 127]]);
  await batch.run({ do: 'input', node: 0 });
  await batch.run({ do: 'round', node: 0, from: raw(data), grid });
  const statistics = await batch.run({ do: 'move', node: indexOf(graph, 's'), inputs: [raw(data)] });
  assert.equal(statistics, { max: 155, min: 0, count: 256, bad: -1 });
  const silent = await batch.run({ do: 'move', node: indexOf(graph, 's'), inputs: [codes(data, grid)] });
  assert.is(silent.count, 0);
  const clipped = [...image].map((x) => Math.min(x, 127));
  assert.equal([stored(0, raw(left)), stored(0, raw(right))], [[...image.subarray(0, 64)], [...image.subarray(64)]]);
  assert.equal(
    [stored(0, codes(left, grid)), stored(0, codes(right, grid))],
    [clipped.slice(0, 64), clipped.slice(64)],
  );
});

test('codes keep the grid of the input', async () => {
  const graph = networkOf(layer('Flatten')('f', 'data'));
  const { batch, stored } = await batchOf(graph, [image]);
  const grid = { threshold: 0, bits: 16 } as const;
  batch.bind([[0, 327.67]]);
  await batch.run({ do: 'input', node: 0 });
  await batch.run({ do: 'round', node: 0, from: raw(outputOf(graph, 'data')), grid });
  await batch.run({ do: 'move', node: indexOf(graph, 'f'), inputs: [codes(outputOf(graph, 'data'), grid)] });
  assert.equal(
    stored(0, codes(outputOf(graph, 'f'), grid)),
    [...image].map((x) => x * 100),
  );
});

test.run();

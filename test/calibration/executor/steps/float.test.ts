import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkOf, relu, sigmoid } from '../../plans.js';
import { batchOf, codes, indexOf, outputOf, raw } from '../batches.js';
import { fakeQuantize } from '../fake-quantization.js';

test('codes are dequantized first; statistics are those of the output', async () => {
  const graph = networkOf(relu('r', 'data'), sigmoid('h', 'data'));
  const image = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * 5) * 3);
  const { batch, stored } = await batchOf(graph, [image]);
  const data = outputOf(graph, 'data');
  const grid = { threshold: 0, bits: 8 } as const;
  batch.bind([[0, 2]]);
  await batch.run({ do: 'input', node: 0 });
  await batch.run({ do: 'round', node: 0, from: raw(data), grid });
  const statistics = await batch.run({ do: 'float', node: indexOf(graph, 'r'), inputs: [codes(data, grid)] });
  assert.equal(
    stored(0, raw(outputOf(graph, 'r'))),
    [...image].map((x) => Math.max(fakeQuantize(x, 2, 8), 0)),
  );
  assert.equal(statistics, { max: 2, min: 0, count: 256, bad: -1 });
  await batch.run({ do: 'float', node: indexOf(graph, 'h'), inputs: [raw(data)] });
  const found = stored(0, raw(outputOf(graph, 'h')));
  assert.ok(found.every((y, i) => Math.abs(y - 1 / (1 + Math.exp(-image[i]!))) < 1e-6));
});

test.run();

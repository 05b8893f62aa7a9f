import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { concat, networkOf, relu } from '../../plans.js';
import { batchOf, codes, indexOf, outputOf, raw } from '../batches.js';
import { gridCode, gridValue } from '../fake-quantization.js';

test('raw operands and codes are rounded to the grid and joined along the channels', async () => {
  const graph = networkOf(relu('r', 'data'), concat('both', 'data', 'r'));
  const image = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * 5) * 3);
  const { batch, stored } = await batchOf(graph, [image]);
  const [data, r] = [outputOf(graph, 'data'), outputOf(graph, 'r')];
  const [own, grid] = [
    { threshold: 0, bits: 8 },
    { threshold: 1, bits: 16 },
  ] as const;
  batch.bind([
    [0, 2],
    [1, 2.5],
  ]);
  await batch.run({ do: 'input', node: 0 });
  await batch.run({ do: 'float', node: indexOf(graph, 'r'), inputs: [raw(data)] });
  await batch.run({ do: 'round', node: 1, from: raw(r), grid: own });
  await batch.run({ do: 'concat', node: indexOf(graph, 'both'), inputs: [raw(data), codes(r, own)], grid });
  assert.equal(stored(0, codes(outputOf(graph, 'both'), grid)), [
    ...[...image].map((x) => gridCode(x, 2.5, 16)),
    ...[...image].map((x) => gridCode(gridValue(gridCode(Math.max(x, 0), 2, 8), 2, 8), 2.5, 16)),
  ]);
});

test.run();

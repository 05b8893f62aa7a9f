import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridStep } from '../../../../src/fixed/grid.js';
import { convolution, networkOf, reluInPlace } from '../../plans.js';
import { batchOf, codes, indexOf, outputOf, raw } from '../batches.js';
import { gridCode } from '../fake-quantization.js';

const graph = networkOf(convolution('a', 'data'), reluInPlace('r', 'a'));
const [data, a, r] = ['data', 'a', 'r'].map((name) => outputOf(graph, name)) as [number, number, number];
const { params } = graph.nodes[indexOf(graph, 'a')]!;
const [weights, bias] = params.map((param) => param.data) as [Float32Array, Float32Array];
const image = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * 5) * 3);
const thresholds = [0, 1, 2, 3].map((c) => Math.max(...weights.subarray(c * 4, c * 4 + 4).map(Math.abs)));

/** Channel c at a pixel, before an activation: float32(acc * (sf_in * sf_w) + bias). */
function expected(c: number, pixel: number, bits: 8 | 16): number {
  let sum = 0;
  for (let k = 0; k < 4; k++)
    sum += gridCode(image[k * 64 + pixel]!, 2.5, bits) * gridCode(weights[c * 4 + k]!, thresholds[c]!, 8);
  return Math.fround(sum * (gridStep(2.5, bits) * gridStep(thresholds[c]!, 8)) + bias[c]!);
}

for (const bits of [8, 16] as const) {
  for (const fused of [null, indexOf(graph, 'r')]) {
    test(`${bits} bits, ${fused === null ? 'without' : 'with'} an activation: exact sums, finished as the specification says`, async () => {
      const { batch, stored } = await batchOf(graph, [image]);
      await batch.run({ do: 'input', node: 0 });
      batch.bind([
        [0, 2.5],
        [1, thresholds],
      ]);
      const grid = { threshold: 0, bits };
      await batch.run({ do: 'round', node: 0, from: raw(data), grid });
      const step = {
        do: 'weighted',
        node: indexOf(graph, 'a'),
        fused,
        input: codes(data, grid),
        params: { threshold: 1, bits: 8 },
      } as const;
      const statistics = await batch.run(step);
      const found = stored(0, raw(fused === null ? a : r));
      const wanted = found
        .map((_, i) => expected(i >> 6, i & 63, bits))
        .map((x) => (fused === null ? x : Math.max(x, 0)));
      assert.equal(found, wanted);
      const sizes = wanted.map(Math.abs);
      assert.equal(statistics, { max: Math.max(...sizes), min: Math.min(...sizes), count: 256, bad: -1 });
    });
  }
}

test.run();

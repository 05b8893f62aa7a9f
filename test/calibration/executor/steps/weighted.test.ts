import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridStep } from '../../../../src/fixed/grid.js';
import { convolution, layer, networkOf, reluInPlace } from '../../plans.js';
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

test('an InnerProduct of 2^23 weights and more is computed in parts: the same outputs and statistics', async () => {
  const width = 2 ** 15 + 3;
  const wide = layer('InnerProduct', `inner_product_param { num_output: ${width} }`);
  const large = networkOf(
    wide('w', 'data'),
    layer('PReLU', 'prelu_param { filler { type: "uniform" max: 1 } }')('p', 'w'),
  );
  const [at, fused] = [indexOf(large, 'w'), indexOf(large, 'p')];
  const [matrix, offsets] = large.nodes[at]!.params.map((param) => param.data) as [Float32Array, Float32Array];
  const slopes = Float32Array.from({ length: width }, (_, c) => (c % 7) / 8);
  large.nodes[fused]!.params[0]!.data.set(slopes);
  const largest = Array.from({ length: width }, (_, c) => 0.01 + (c % 5) / 100);
  const images = [image, image.map((x) => -x)];
  const { batch, stored } = await batchOf(large, images);
  await batch.run({ do: 'input', node: 0 });
  batch.bind([
    [0, 2.5],
    [1, largest],
  ]);
  const grid = { threshold: 0, bits: 8 } as const;
  const input = outputOf(large, 'data');
  await batch.run({ do: 'round', node: 0, from: raw(input), grid });
  const params = { threshold: 1, bits: 8 } as const;
  const statistics = await batch.run({ do: 'weighted', node: at, fused, input: codes(input, grid), params });
  const output = (values: Float32Array, c: number): number => {
    let sum = 0;
    for (let k = 0; k < 256; k++) sum += gridCode(values[k]!, 2.5, 8) * gridCode(matrix[c * 256 + k]!, largest[c]!, 8);
    const y = Math.fround(sum * (gridStep(2.5, 8) * gridStep(largest[c]!, 8)) + offsets[c]!);
    return y < 0 ? Math.fround(y * slopes[c]!) : y;
  };
  const found = images.map((_, i) => stored(i, raw(outputOf(large, 'p'))));
  for (const [i, values] of images.entries())
    for (let c = 0; c < width; c += c < 40 || c > width - 40 ? 1 : 997)
      assert.is(found[i]![c], output(values, c), `${c}`);
  const sizes = found.flat().map(Math.abs);
  const extreme = (of: (a: number, b: number) => number): number => sizes.reduce((a, b) => of(a, b));
  assert.equal(statistics, { max: extreme(Math.max), min: extreme(Math.min), count: 2 * width, bad: -1 });
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridStep } from '../../../../src/fixed/grid.js';
import { layer, networkOf, relu } from '../../plans.js';
import { batchOf, codes, indexOf, outputOf, raw } from '../batches.js';
import { gridCode, gridValue } from '../fake-quantization.js';

const image = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * 5) * 3);
const [own, both] = [
  { threshold: 0, bits: 8 },
  { threshold: 1, bits: 8 },
] as const;

/** The Eltwise of the codes of "data" on 2 and of "r", its ReLU, on 5. */
async function eltwiseOf(params: string): Promise<number[]> {
  const graph = networkOf(relu('r', 'data'), layer('Eltwise', params)('e', 'data', 'r'));
  const { batch, stored } = await batchOf(graph, [image]);
  const [data, r] = [outputOf(graph, 'data'), outputOf(graph, 'r')];
  batch.bind([
    [0, 2],
    [1, 5],
  ]);
  await batch.run({ do: 'input', node: 0 });
  await batch.run({ do: 'float', node: indexOf(graph, 'r'), inputs: [raw(data)] });
  await batch.run({ do: 'round', node: 0, from: raw(data), grid: own });
  await batch.run({ do: 'round', node: 1, from: raw(r), grid: both });
  await batch.run({ do: 'eltwise', node: indexOf(graph, 'e'), inputs: [codes(data, own), codes(r, both)], grid: both });
  return stored(0, raw(outputOf(graph, 'e')));
}

/** The operands' codes on the threshold of both. */
const operands = [...image].map(
  (x) => [gridCode(gridValue(gridCode(x, 2, 8), 2, 8), 5, 8), gridCode(Math.max(x, 0), 5, 8)] as const,
);

test('a sum: operands rounded again, coefficients in double', async () => {
  const step = gridStep(5, 8);
  assert.equal(
    await eltwiseOf('eltwise_param { operation: SUM coeff: 1 coeff: -0.5 }'),
    operands.map(([a, b]) => Math.fround(a * (1 * step) + b * (-0.5 * step))),
  );
});

test('the largest of the operands', async () => {
  assert.equal(
    await eltwiseOf('eltwise_param { operation: MAX }'),
    operands.map(([a, b]) => gridValue(Math.max(a, b), 5, 8)),
  );
});

test.run();

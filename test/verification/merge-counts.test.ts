import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mergeCounts } from '../../src/verification/merge-counts.js';
import type { Counts } from '../../src/verification/verifier.js';

const counts = (name: string, seed: number): Counts => ({
  layers: new Map([
    [
      name,
      {
        prescale: Float64Array.of(seed, 1),
        output: Float64Array.of(0, seed),
        beyond: Float64Array.of(2, 0),
        alive: Uint8Array.of(seed > 1 ? 1 : 0, 0),
        values: 10,
      },
    ],
  ]),
  inputs: new Map([['data', { clipped: seed, values: 100 }]]),
});

test('counts of the same layer and input are added channel by channel, and are left as they were', () => {
  const parts = [counts('a', 1), counts('a', 2), counts('b', 3)];
  const before = structuredClone(parts);
  const { layers, inputs } = mergeCounts(parts);
  assert.equal([...layers.keys()], ['a', 'b']);
  const { prescale, output, beyond, alive, values } = layers.get('a')!;
  assert.equal([[...prescale], [...output], [...beyond], [...alive], values], [[3, 2], [0, 3], [4, 0], [1, 0], 20]);
  assert.equal(inputs.get('data'), { clipped: 6, values: 300 });
  assert.equal(parts, before);
});

test.run();

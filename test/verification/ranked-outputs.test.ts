import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rankOutput } from '../../src/verification/ranked-outputs.js';

test('the five best classes, best first, equal scores in ascending order', () => {
  const float = Float32Array.of(0.125, 0.25, 0.125, 0.25, 0.125, 0.125);
  const ranked = rankOutput(3, float, Float32Array.of(1, 2, 3, 4, 5, 6));
  assert.equal(ranked, { value: 3, classes: 6, float: [1, 3, 0, 2, 4], fixed: [5, 4, 3, 2, 1], isDistribution: true });
});

test('scores are probabilities where none is negative and they sum to 1', () => {
  const isDistribution = (...scores: number[]): boolean =>
    rankOutput(0, Float32Array.from(scores), new Float32Array(2)).isDistribution;
  assert.equal([isDistribution(0.5, 0.5), isDistribution(0.5, 0.6), isDistribution(1.5, -0.5)], [true, false, false]);
});

test.run();

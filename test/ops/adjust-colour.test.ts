import { test } from 'uvu';
import { adjustColour } from '../../src/ops/adjust-colour.js';
import { runCases } from './run-cases.js';
import { tensor } from './values.js';

const colours = tensor([1, 5, 3], 1, 0, 0, 0, 0.5, 0, 0.25, 0.25, 1, 0.5, 0.5, 0.5, 0, 0, 0);

runCases(
  adjustColour,
  [
    {
      name: 'hue, saturation and value of red, green, blue, grey and black',
      attrs: { operation: 'to-hsv', amount: 0 },
      inputs: [colours],
      expected: [[0, 1, 1, 1 / 3, 1, 0.5, 2 / 3, 0.75, 1, 0, 0, 0.5, 0, 0, 0]],
      tolerance: 1e-7,
    },
    {
      name: 'back from hue, saturation and value',
      attrs: { operation: 'from-hsv', amount: 0 },
      inputs: [tensor([1, 3], 2 / 3, 0.75, 1)],
      expected: [[0.25, 0.25, 1]],
      tolerance: 1e-6,
    },
    {
      name: 'hue turned backwards by a third of the circle',
      attrs: { operation: 'hue', amount: -1 / 3 },
      inputs: [colours],
      expected: [[0, 0, 1, 0.5, 0, 0, 0.25, 1, 0.25, 0.5, 0.5, 0.5, 0, 0, 0]],
      tolerance: 1e-6,
    },
    {
      name: 'saturation at most 1',
      attrs: { operation: 'saturation', amount: 2 },
      inputs: [tensor([2, 3], 0.75, 0.75, 1, 0.25, 0.25, 1)],
      expected: [[0.5, 0.5, 1, 0, 0, 1]],
      tolerance: 1e-6,
    },
  ],
  [
    {
      name: 'one channel',
      attrs: { operation: 'hue', amount: 1 },
      inputs: [[1, 2, 1]],
      message: /expected 3 channels in the last axis, got 1x2x1/,
    },
  ],
);

test.run();

import { test } from 'uvu';
import { pad } from '../../src/ops/pad.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

const padding = { before: [0, 2], after: [0, 1], mode: 'constant', value: 0 } as const;

runCases(
  pad,
  [
    { name: 'zeros', attrs: padding, inputs: [row(0, 2, 3)], expected: [[0, 0, 0, 2, 3, 0]], tolerance: 0 },
    {
      name: 'a value',
      attrs: { ...padding, value: -1 },
      inputs: [row(1, 2, 3)],
      expected: [[-1, -1, 1, 2, 3, -1]],
      tolerance: 0,
    },
    {
      name: 'reflected',
      attrs: { ...padding, mode: 'reflect' },
      inputs: [row(1, 2, 3)],
      expected: [[3, 2, 1, 2, 3, 2]],
      tolerance: 0,
    },
    {
      name: 'mirrored',
      attrs: { ...padding, mode: 'symmetric' },
      inputs: [row(1, 2, 3)],
      expected: [[2, 1, 1, 2, 3, 3]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'too many mirrored elements',
      attrs: { ...padding, mode: 'reflect' },
      inputs: [[1, 2]],
      message: /at most 1 mirrored elements along axis 1, got 2/,
    },
    { name: 'another rank', attrs: padding, inputs: [[1, 2, 3]], message: /paddings for 3 axes, got 2/ },
    {
      name: 'negative paddings',
      attrs: { ...padding, before: [0, -1] },
      inputs: [[1, 2]],
      message: /paddings of at least 0/,
    },
  ],
);

test.run();

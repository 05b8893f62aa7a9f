import { test } from 'uvu';
import { shuffleChannel } from '../../src/ops/shuffle-channel.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  shuffleChannel,
  [
    {
      name: 'two groups of three',
      attrs: { axis: 1, group: 2 },
      inputs: [counting([1, 6])],
      expected: [[0, 3, 1, 4, 2, 5]],
      tolerance: 0,
    },
    {
      name: 'three groups of two, planes',
      attrs: { axis: 1, group: 3 },
      inputs: [counting([1, 6, 1, 2])],
      expected: [[0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'a group that does not divide',
      attrs: { axis: 1, group: 4 },
      inputs: [[1, 6]],
      message: /group that divides 6 channels, got 4/,
    },
  ],
);

test.run();

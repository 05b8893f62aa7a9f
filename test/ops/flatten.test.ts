import { test } from 'uvu';
import { flatten } from '../../src/ops/flatten.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

const same = Array.from({ length: 12 }, (_, i) => i);

runCases(
  flatten,
  [
    {
      name: 'all but the first axis',
      attrs: { axis: 1, endAxis: -1 },
      inputs: [counting([1, 3, 2, 2])],
      shapes: [[1, 12]],
      expected: [same],
      tolerance: 0,
    },
    {
      name: 'some axes',
      attrs: { axis: 1, endAxis: 2 },
      inputs: [counting([1, 3, 2, 2])],
      shapes: [[1, 6, 2]],
      expected: [same],
      tolerance: 0,
    },
    {
      name: 'one axis',
      attrs: { axis: -1, endAxis: -1 },
      inputs: [counting([1, 12])],
      shapes: [[1, 12]],
      expected: [same],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'an end before the beginning',
      attrs: { axis: 2, endAxis: 1 },
      inputs: [[1, 2, 3, 4]],
      message: /end_axis from 2 on, got 1/,
    },
    {
      name: 'an axis out of range',
      attrs: { axis: 1, endAxis: 4 },
      inputs: [[1, 2]],
      message: /end_axis from -2 to 1, got 4/,
    },
  ],
);

test.run();

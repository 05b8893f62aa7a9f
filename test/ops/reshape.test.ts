import { test } from 'uvu';
import { reshape } from '../../src/ops/reshape.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

const same = Array.from({ length: 12 }, (_, i) => i);

runCases(
  reshape,
  [
    {
      name: '0 copies, -1 takes the rest',
      attrs: { dims: [0, -1, 4], axis: 0, numAxes: -1 },
      inputs: [counting([1, 3, 2, 2])],
      shapes: [[1, 3, 4]],
      expected: [same],
      tolerance: 0,
    },
    {
      name: 'from an axis on',
      attrs: { dims: [2, 6], axis: 1, numAxes: -1 },
      inputs: [counting([1, 3, 2, 2])],
      shapes: [[1, 2, 6]],
    },
    {
      name: 'some axes',
      attrs: { dims: [-1], axis: 1, numAxes: 2 },
      inputs: [counting([1, 3, 2, 2])],
      shapes: [[1, 6, 2]],
    },
    {
      name: 'an axis put in at the end',
      attrs: { dims: [1, 1], axis: -1, numAxes: 0 },
      inputs: [counting([1, 3])],
      shapes: [[1, 3, 1, 1]],
    },
    {
      name: '0 copies the axis at its own place',
      attrs: { dims: [0, 4], axis: 1, numAxes: -1 },
      inputs: [counting([1, 3, 2, 2])],
      shapes: [[1, 3, 4]],
    },
  ],
  [
    {
      name: 'another number of elements',
      attrs: { dims: [1, 5], axis: 0, numAxes: -1 },
      inputs: [[1, 12]],
      message: /12 elements of 1x12, got 1x5/,
    },
    {
      name: 'a rest that does not divide',
      attrs: { dims: [5, -1], axis: 0, numAxes: -1 },
      inputs: [[1, 12]],
      message: /12 elements of 1x12, got 5x-1/,
    },
    {
      name: 'two rests',
      attrs: { dims: [-1, -1], axis: 0, numAxes: -1 },
      inputs: [[1, 12]],
      message: /at most one -1, got -1, -1/,
    },
    {
      name: 'a copy of an axis that is not there',
      attrs: { dims: [0, 0, 0], axis: 0, numAxes: -1 },
      inputs: [[1, 12]],
      message: /at most 2 axes to copy, got dim 0 at 2/,
    },
    {
      name: 'too many axes',
      attrs: { dims: [12], axis: 1, numAxes: 2 },
      inputs: [[1, 12]],
      message: /num_axes from -1 to 1, got 2/,
    },
  ],
);

test.run();

import { test } from 'uvu';
import { cropAndResize } from '../../src/ops/crop-and-resize.js';
import { runCases } from './run-cases.js';
import { counting, tensor } from './values.js';

const image = counting([1, 3, 3, 1]);
const boxes = tensor([2, 4], 0, 0, 1, 1, 0.5, 0.25, 0.5, 1.25);
const numbers = tensor([2], 0, 0);

runCases(
  cropAndResize,
  [
    {
      name: 'between pixels, and the stated value outside',
      attrs: { size: [2, 3], method: 'bilinear', outside: -1 },
      inputs: [image, boxes, numbers],
      shapes: [[2, 2, 3, 1]],
      expected: [[0, 1, 2, 6, 7, 8, 3.5, 4.5, -1, 3.5, 4.5, -1]],
      tolerance: 0,
    },
    {
      name: 'the nearest pixel; a single one is taken at the middle of the box',
      attrs: { size: [1, 1], method: 'nearest', outside: 0 },
      inputs: [image, tensor([2, 4], 0, 0, 1, 1, 0, 0.5, 0.4, 1), numbers],
      expected: [[4, 2]],
      tolerance: 0,
    },
    {
      name: 'an image that is not there',
      attrs: { size: [1, 1], method: 'bilinear', outside: 7 },
      inputs: [image, boxes, tensor([2], 1, 0)],
      expected: [[7, 4.5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'boxes of three numbers',
      attrs: { size: [1, 1], method: 'bilinear', outside: 0 },
      inputs: [[1, 3, 3, 1], [2, 3], [2]],
      message: /expected boxes of 4 numbers, got 2x3/,
    },
    {
      name: 'one image number for two boxes',
      attrs: { size: [1, 1], method: 'bilinear', outside: 0 },
      inputs: [[1, 3, 3, 1], [2, 4], [1]],
      message: /an image number for each of 2 boxes, got 1/,
    },
  ],
);

test.run();

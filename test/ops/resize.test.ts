import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ResizeAttrs, resize } from '../../src/ops/resize.js';
import { prepare, runCases } from './run-cases.js';
import { counting } from './values.js';

const nearest: ResizeAttrs = {
  size: [4, 2],
  method: 'nearest',
  alignment: 'origin',
  crop: [0, 0, 0, 0],
  layout: 'NCHW',
};

const bilinear: ResizeAttrs = { ...nearest, method: 'bilinear', alignment: 'corners' };

const line = (...values: number[]) => ({ shape: [1, 1, 1, values.length], data: Float32Array.from(values) });

runCases(
  resize,
  [
    {
      name: 'nearest, twice as high',
      attrs: nearest,
      inputs: [counting([1, 1, 2, 2])],
      shapes: [[1, 1, 4, 2]],
      expected: [[0, 1, 0, 1, 2, 3, 2, 3]],
      tolerance: 0,
    },
    {
      name: 'nearest, channels last',
      attrs: { ...nearest, size: [1, 4], layout: 'NHWC' },
      layout: 'NHWC',
      inputs: [counting([1, 1, 2, 2])],
      shapes: [[1, 1, 4, 2]],
      expected: [[0, 1, 0, 1, 2, 3, 2, 3]],
      tolerance: 0,
    },
    {
      name: 'nearest, half pixels',
      attrs: { ...nearest, size: [1, 2], alignment: 'half-pixel' },
      inputs: [line(0, 1, 2, 3, 4)],
      expected: [[1, 3]],
      tolerance: 0,
    },
    {
      name: 'nearest, corners',
      attrs: { ...nearest, size: [1, 3], alignment: 'corners' },
      inputs: [line(0, 1, 2, 3)],
      expected: [[0, 2, 3]],
      tolerance: 0,
    },
    {
      name: 'bilinear, corners',
      attrs: { ...bilinear, size: [1, 5] },
      inputs: [line(0, 2, 4)],
      expected: [[0, 1, 2, 3, 4]],
      tolerance: 0,
    },
    {
      name: 'bilinear, origin',
      attrs: { ...bilinear, size: [1, 4], alignment: 'origin' },
      inputs: [line(0, 4)],
      expected: [[0, 2, 4, 4]],
      tolerance: 0,
    },
    {
      name: 'bilinear, half pixels',
      attrs: { ...bilinear, size: [1, 4], alignment: 'half-pixel' },
      inputs: [line(0, 4)],
      expected: [[0, 1, 3, 4]],
      tolerance: 0,
    },
    {
      name: 'bilinear to one pixel',
      attrs: { ...bilinear, size: [1, 1] },
      inputs: [line(3, 9)],
      expected: [[3]],
      tolerance: 0,
    },
    {
      name: 'both axes',
      attrs: { ...bilinear, size: [3, 3] },
      inputs: [counting([1, 1, 2, 2])],
      expected: [[0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3]],
      tolerance: 0,
    },
    {
      name: 'by the indices of a pooling',
      attrs: { ...nearest, size: [2, 3], method: 'unpool' },
      inputs: [
        { shape: [1, 2, 1, 2], data: Float32Array.from([5, 3, -1, -2]) },
        { shape: [1, 2, 1, 2], data: Float32Array.from([1, 5, 0, 5]) },
      ],
      shapes: [[1, 2, 2, 3]],
      expected: [[0, 5, 0, 0, 0, 3, -1, 0, 0, 0, 0, -2]],
      tolerance: 0,
    },
    {
      name: 'cropped first',
      attrs: { ...bilinear, size: [1, 3], crop: [0, 1, 0, 1] },
      inputs: [line(9, 0, 2, 9)],
      expected: [[0, 1, 2]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'an empty result',
      attrs: { ...nearest, size: [0, 2] },
      inputs: [[1, 1, 2, 2]],
      message: /output sizes of at least 1, got 0/,
    },
    {
      name: 'indices of another shape',
      attrs: { ...nearest, method: 'unpool' },
      inputs: [
        [1, 1, 2, 2],
        [1, 1, 2, 3],
      ],
      message: /one shape, got 1x1x2x2 and 1x1x2x3/,
    },
    {
      name: 'a crop of everything',
      attrs: { ...nearest, crop: [1, 0, 1, 0] },
      inputs: [[1, 1, 2, 2]],
      message: /some input to remain, got 2x2 cropped by 1, 0, 1, 0/,
    },
  ],
);

test('only what repeats elements is shape-only', () => {
  const rule = (attrs: ResizeAttrs) => {
    const { node, shapes } = prepare(resize, { name: 'rule', attrs, inputs: [[1, 1, 2, 2]] }, 1);
    return resize.rule(node, shapes).kind;
  };
  assert.is(rule(nearest), 'shape');
  assert.is(rule(bilinear), 'host');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crop } from '../../src/ops/crop.js';
import { dropout } from '../../src/ops/dropout.js';
import { flatten } from '../../src/ops/flatten.js';
import { permute } from '../../src/ops/permute.js';
import { reorg } from '../../src/ops/reorg.js';
import { reshape } from '../../src/ops/reshape.js';
import { type ResizeAttrs, resize } from '../../src/ops/resize.js';
import { shuffleChannel } from '../../src/ops/shuffle-channel.js';
import { elements } from '../../src/tensor.js';
import { prepare, runCases } from './run-cases.js';

/** 0, 1, 2 ... */
const count = (...shape: number[]) => ({ shape, data: Float32Array.from({ length: elements(shape) }, (_, i) => i) });
const same = Array.from({ length: 12 }, (_, i) => i);

runCases(dropout, [
  { name: 'nothing', attrs: {}, inputs: [count(1, 3)], shapes: [[1, 3]], expected: [[0, 1, 2]], tolerance: 0 },
]);

runCases(
  flatten,
  [
    {
      name: 'all but the first axis',
      attrs: { axis: 1, endAxis: -1 },
      inputs: [count(1, 3, 2, 2)],
      shapes: [[1, 12]],
      expected: [same],
      tolerance: 0,
    },
    {
      name: 'some axes',
      attrs: { axis: 1, endAxis: 2 },
      inputs: [count(1, 3, 2, 2)],
      shapes: [[1, 6, 2]],
      expected: [same],
      tolerance: 0,
    },
    {
      name: 'one axis',
      attrs: { axis: -1, endAxis: -1 },
      inputs: [count(1, 12)],
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

runCases(
  reshape,
  [
    {
      name: '0 copies, -1 takes the rest',
      attrs: { dims: [0, -1, 4], axis: 0, numAxes: -1 },
      inputs: [count(1, 3, 2, 2)],
      shapes: [[1, 3, 4]],
      expected: [same],
      tolerance: 0,
    },
    {
      name: 'from an axis on',
      attrs: { dims: [2, 6], axis: 1, numAxes: -1 },
      inputs: [count(1, 3, 2, 2)],
      shapes: [[1, 2, 6]],
    },
    { name: 'some axes', attrs: { dims: [-1], axis: 1, numAxes: 2 }, inputs: [count(1, 3, 2, 2)], shapes: [[1, 6, 2]] },
    {
      name: 'an axis put in at the end',
      attrs: { dims: [1, 1], axis: -1, numAxes: 0 },
      inputs: [count(1, 3)],
      shapes: [[1, 3, 1, 1]],
    },
    {
      name: '0 copies the axis at its own place',
      attrs: { dims: [0, 4], axis: 1, numAxes: -1 },
      inputs: [count(1, 3, 2, 2)],
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

runCases(
  permute,
  [
    {
      name: 'channels last',
      attrs: { order: [0, 2, 3, 1] },
      inputs: [count(1, 2, 2, 3)],
      shapes: [[1, 2, 3, 2]],
      expected: [[0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]],
      tolerance: 0,
    },
    {
      name: 'axes left out follow',
      attrs: { order: [2] },
      inputs: [count(1, 2, 3)],
      shapes: [[3, 1, 2]],
      expected: [[0, 3, 1, 4, 2, 5]],
      tolerance: 0,
    },
    {
      name: 'no order: as it was',
      attrs: { order: [] },
      inputs: [count(2, 3)],
      expected: [[0, 1, 2, 3, 4, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'an axis twice',
      attrs: { order: [0, 0, 1] },
      inputs: [[1, 2, 3]],
      message: /order of axes 0 to 2, got 0, 0, 1/,
    },
    {
      name: 'an axis out of range',
      attrs: { order: [0, 3] },
      inputs: [[1, 2, 3]],
      message: /order of axes 0 to 2, got 0, 3/,
    },
  ],
);

runCases(
  crop,
  [
    {
      name: 'rows and columns at one offset',
      attrs: { axis: 2, offsets: [1] },
      inputs: [count(1, 2, 3, 3), [1, 5, 2, 2]],
      shapes: [[1, 2, 2, 2]],
      expected: [[4, 5, 7, 8, 13, 14, 16, 17]],
      tolerance: 0,
    },
    {
      name: 'without offset',
      attrs: { axis: 2, offsets: [] },
      inputs: [count(1, 1, 3, 3), [1, 1, 2, 1]],
      shapes: [[1, 1, 2, 1]],
      expected: [[0, 3]],
      tolerance: 0,
    },
    {
      name: 'an offset each, channels too',
      attrs: { axis: 1, offsets: [1, 0, 2] },
      inputs: [count(1, 2, 2, 3), [1, 1, 2, 1]],
      expected: [[8, 11]],
      tolerance: 0,
    },
    {
      name: 'the last axis',
      attrs: { axis: -1, offsets: [1] },
      inputs: [count(2, 3), [7, 2]],
      shapes: [[2, 2]],
      expected: [[1, 2, 4, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'a part that is not there',
      attrs: { axis: 2, offsets: [2] },
      inputs: [
        [1, 1, 3, 3],
        [1, 1, 2, 2],
      ],
      message: /at least 4 elements along axis 2, got 1x1x3x3/,
    },
    {
      name: 'another number of offsets',
      attrs: { axis: 1, offsets: [0, 0] },
      inputs: [
        [1, 1, 3, 3],
        [1, 1, 2, 2],
      ],
      message: /1 offset or one for each of 3 axes, got 2/,
    },
    { name: 'one input', attrs: { axis: 2, offsets: [] }, inputs: [[1, 1, 3, 3]], message: /2 inputs, got 1/ },
  ],
);

runCases(
  shuffleChannel,
  [
    {
      name: 'two groups of three',
      attrs: { axis: 1, group: 2 },
      inputs: [count(1, 6)],
      expected: [[0, 3, 1, 4, 2, 5]],
      tolerance: 0,
    },
    {
      name: 'three groups of two, planes',
      attrs: { axis: 1, group: 3 },
      inputs: [count(1, 6, 1, 2)],
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

runCases(
  reorg,
  [
    // Darknet's loops by hand on 4 x 2 x 2: the input is read in its own sizes as 1 x 4 x 4.
    {
      name: 'forward',
      attrs: { stride: 2, reverse: false },
      inputs: [count(1, 4, 2, 2)],
      shapes: [[1, 16, 1, 1]],
      expected: [[0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15]],
      tolerance: 0,
    },
    {
      name: 'reverse',
      attrs: { stride: 2, reverse: true },
      inputs: [count(1, 4, 2, 2)],
      shapes: [[1, 1, 4, 4]],
      expected: [[0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15]],
      tolerance: 0,
    },
    {
      name: 'stride 1',
      attrs: { stride: 1, reverse: false },
      inputs: [count(1, 3, 2, 2)],
      expected: [same],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'rows that do not divide',
      attrs: { stride: 2, reverse: false },
      inputs: [[1, 4, 3, 2]],
      message: /multiples of 2, got 3x2/,
    },
    {
      name: 'channels that do not divide',
      attrs: { stride: 2, reverse: false },
      inputs: [[1, 3, 2, 2]],
      message: /multiple of 4, got 3/,
    },
    {
      name: 'a stride of 0',
      attrs: { stride: 0, reverse: false },
      inputs: [[1, 4, 2, 2]],
      message: /stride of at least 1, got 0/,
    },
  ],
);

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
      inputs: [count(1, 1, 2, 2)],
      shapes: [[1, 1, 4, 2]],
      expected: [[0, 1, 0, 1, 2, 3, 2, 3]],
      tolerance: 0,
    },
    {
      name: 'nearest, channels last',
      attrs: { ...nearest, size: [1, 4], layout: 'NHWC' },
      layout: 'NHWC',
      inputs: [count(1, 1, 2, 2)],
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
      inputs: [count(1, 1, 2, 2)],
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

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DetectionOutputAttrs, detectionOutput } from '../../src/ops/detection-output.js';
import { type PriorBoxAttrs, priorBox } from '../../src/ops/prior-box.js';
import { prepare, runCases } from './run-cases.js';

const boxes: PriorBoxAttrs = {
  minSizes: [4],
  maxSizes: [],
  aspectRatios: [1],
  clip: false,
  variances: [0.5, 0.5, 0.25, 0.25],
  image: [10, 20],
  step: [0, 0],
  offset: 0.5,
};

runCases(
  priorBox,
  [
    {
      name: 'one square at each of two places',
      attrs: boxes,
      inputs: [
        [1, 8, 1, 2],
        [1, 3, 10, 20],
      ],
      shapes: [[1, 2, 8]],
      expected: [[0.15, 0.3, 0.35, 0.7, 0.65, 0.3, 0.85, 0.7, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.25, 0.25]],
    },
    {
      name: 'a larger square and two ratios',
      attrs: { ...boxes, maxSizes: [9], aspectRatios: [1, 4, 0.25] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      shapes: [[1, 2, 16]],
      expected: [
        [
          8 / 20,
          0.3,
          12 / 20,
          0.7,
          7 / 20,
          0.2,
          13 / 20,
          0.8,
          6 / 20,
          0.4,
          14 / 20,
          0.6,
          9 / 20,
          0.1,
          11 / 20,
          0.9,
          ...[1, 2, 3, 4].flatMap(() => [0.5, 0.5, 0.25, 0.25]),
        ],
      ],
    },
    {
      name: 'clipped',
      attrs: { ...boxes, minSizes: [40], clip: true },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      expected: [[0, 0, 1, 1, 0.5, 0.5, 0.25, 0.25]],
    },
    {
      name: 'step and offset',
      attrs: { ...boxes, step: [5, 10], offset: 0 },
      inputs: [
        [1, 8, 1, 2],
        [1, 3, 10, 20],
      ],
      expected: [[-0.1, -0.2, 0.1, 0.2, 0.4, -0.2, 0.6, 0.2, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.25, 0.25]],
    },
    {
      name: 'no variance: 0.1',
      attrs: { ...boxes, variances: [] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      expected: [[0.4, 0.3, 0.6, 0.7, 0.1, 0.1, 0.1, 0.1]],
    },
  ],
  [
    {
      name: 'no size',
      attrs: { ...boxes, minSizes: [] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      message: /min_size above 0, got none/,
    },
    {
      name: 'a larger size that is not',
      attrs: { ...boxes, maxSizes: [4] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      message: /max_size above 4, got 4/,
    },
    {
      name: 'two variances',
      attrs: { ...boxes, variances: [1, 2] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      message: /4 variances, 1 or none, got 2/,
    },
  ],
);

const detect: DetectionOutputAttrs = {
  classes: 2,
  shareLocation: true,
  background: 0,
  nmsThreshold: 0.5,
  topK: -1,
  eta: 1,
  code: 'CORNER',
  keepTopK: 3,
  varianceEncoded: false,
  confidence: 0.25,
};
const flat = (...values: number[]) => ({ shape: [1, values.length], data: Float32Array.from(values) });
/** Three priors: two that overlap, one apart; variances all `variance`. */
const priors = (variance: number) => ({
  shape: [1, 2, 12],
  data: Float32Array.from([0, 0, 0.5, 0.5, 0, 0, 0.5, 0.625, 0.5, 0.5, 1, 1, ...new Array<number>(12).fill(variance)]),
});
const still = flat(...new Array<number>(12).fill(0));
const none = [-1, -1, -1, -1, -1, -1, -1];

runCases(
  detectionOutput,
  [
    {
      name: 'the better of two that overlap',
      attrs: detect,
      inputs: [still, flat(0.25, 0.75, 0.5, 0.5, 0.5, 0.5), priors(1)],
      shapes: [[1, 1, 3, 7]],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0.5, 0.5, 1, 1, ...none]],
      tolerance: 0,
    },
    {
      name: 'both, where more overlap is allowed',
      attrs: { ...detect, nmsThreshold: 0.875 },
      inputs: [still, flat(0.25, 0.75, 0.5, 0.5, 0.75, 0.25), priors(1)],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0, 0, 0.5, 0.625, ...none]],
      tolerance: 0,
    },
    {
      name: 'an overlap of exactly the limit',
      attrs: { ...detect, nmsThreshold: 0.8, keepTopK: 2 },
      inputs: [still, flat(0.25, 0.75, 0.5, 0.5, 0.75, 0.25), priors(1)],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0, 0, 0.5, 0.625]],
      tolerance: 0,
    },
    {
      name: 'a limit that tightens',
      attrs: { ...detect, nmsThreshold: 0.875, eta: 0.5, keepTopK: 2 },
      inputs: [still, flat(0.25, 0.75, 0.5, 0.5, 0.75, 0.25), priors(1)],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, ...none]],
      tolerance: 0,
    },
    {
      name: 'nothing',
      attrs: detect,
      inputs: [still, flat(1, 0, 1, 0, 1, 0), priors(1)],
      expected: [[...none, ...none, ...none]],
      tolerance: 0,
    },
    {
      name: 'the best of all classes',
      attrs: { ...detect, background: -1, keepTopK: 2 },
      inputs: [still, flat(0.5, 0.75, 0, 0, 0.875, 0.5), priors(1)],
      shapes: [[1, 1, 2, 7]],
      expected: [[0, 0, 0.875, 0.5, 0.5, 1, 1, 0, 1, 0.75, 0, 0, 0.5, 0.5]],
      tolerance: 0,
    },
    {
      name: 'the best of a class only',
      attrs: { ...detect, topK: 1 },
      inputs: [still, flat(0, 0.5, 0, 0.375, 0, 0.75), priors(1)],
      shapes: [[1, 1, 1, 7]],
      expected: [[0, 1, 0.75, 0.5, 0.5, 1, 1]],
      tolerance: 0,
    },
    {
      name: 'corners moved by their variance',
      attrs: { ...detect, keepTopK: 1 },
      inputs: [flat(1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0), flat(0, 1, 0, 0, 0, 0), priors(0.125)],
      expected: [[0, 1, 1, 0.125, 0.25, 0.875, 1]],
      tolerance: 0,
    },
    {
      name: 'variance in the target',
      attrs: { ...detect, keepTopK: 1, varianceEncoded: true },
      inputs: [flat(0.125, 0.25, 0.375, 0.5, 0, 0, 0, 0, 0, 0, 0, 0), flat(0, 1, 0, 0, 0, 0), priors(0.125)],
      expected: [[0, 1, 1, 0.125, 0.25, 0.875, 1]],
      tolerance: 0,
    },
    {
      name: 'centre and size',
      attrs: { ...detect, keepTopK: 1, code: 'CENTER_SIZE' },
      inputs: [flat(1, -1, Math.log(2) * 2, 0, 0, 0, 0, 0, 0, 0, 0, 0), flat(0, 1, 0, 0, 0, 0), priors(0.5)],
      expected: [[0, 1, 1, 0, -0.25, 1, 0.25]],
      tolerance: 1e-6,
    },
    {
      name: 'corners in units of the box',
      attrs: { ...detect, keepTopK: 1, code: 'CORNER_SIZE' },
      inputs: [flat(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0), flat(0, 1, 0, 0, 0, 0), priors(0.5)],
      expected: [[0, 1, 1, 0.25, 0.25, 0.75, 0.75]],
      tolerance: 0,
    },
    {
      name: 'boxes of every class',
      attrs: { ...detect, keepTopK: 1, shareLocation: false },
      inputs: [flat(9, 9, 9, 9, 1, 1, 1, 1, ...new Array<number>(16).fill(0)), flat(0, 1, 0, 0, 0, 0), priors(0.5)],
      expected: [[0, 1, 1, 0.5, 0.5, 1, 1]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'too few confidences',
      attrs: detect,
      inputs: [
        [1, 12],
        [1, 5],
        [1, 2, 12],
      ],
      message: /6 confidences for 3 priors, got 5/,
    },
    {
      name: 'too few locations',
      attrs: detect,
      inputs: [
        [1, 11],
        [1, 6],
        [1, 2, 12],
      ],
      message: /12 locations for 3 priors, got 11/,
    },
  ],
);

test('as many rows as can come out at most', () => {
  const rows = (attrs: DetectionOutputAttrs): number =>
    prepare(
      detectionOutput,
      {
        name: 'rows',
        attrs,
        inputs: [
          [1, 12],
          [1, 6],
          [1, 2, 12],
        ],
      },
      1,
    ).shapes.outputs[0]![2]!;
  assert.is(rows(detect), 3);
  assert.is(rows({ ...detect, keepTopK: -1, background: -1 }), 6);
  assert.is(rows({ ...detect, keepTopK: 200 }), 3);
});

test.run();

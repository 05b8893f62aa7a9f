import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DetectionOutputAttrs, detectionOutput } from '../../src/ops/detection-output.js';
import { prepare, runCases } from './run-cases.js';
import { row } from './values.js';

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

/** Three priors: two that overlap, one apart; variances all `variance`. */
const priors = (variance: number) => ({
  shape: [1, 2, 12],
  data: Float32Array.from([0, 0, 0.5, 0.5, 0, 0, 0.5, 0.625, 0.5, 0.5, 1, 1, ...new Array<number>(12).fill(variance)]),
});

const still = row(...new Array<number>(12).fill(0));

const none = [-1, -1, -1, -1, -1, -1, -1];

runCases(
  detectionOutput,
  [
    {
      name: 'the better of two that overlap',
      attrs: detect,
      inputs: [still, row(0.25, 0.75, 0.5, 0.5, 0.5, 0.5), priors(1)],
      shapes: [[1, 1, 3, 7]],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0.5, 0.5, 1, 1, ...none]],
      tolerance: 0,
    },
    {
      name: 'both, where more overlap is allowed',
      attrs: { ...detect, nmsThreshold: 0.875 },
      inputs: [still, row(0.25, 0.75, 0.5, 0.5, 0.75, 0.25), priors(1)],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0, 0, 0.5, 0.625, ...none]],
      tolerance: 0,
    },
    {
      name: 'an overlap of exactly the limit',
      attrs: { ...detect, nmsThreshold: 0.8, keepTopK: 2 },
      inputs: [still, row(0.25, 0.75, 0.5, 0.5, 0.75, 0.25), priors(1)],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, 0, 1, 0.5, 0, 0, 0.5, 0.625]],
      tolerance: 0,
    },
    {
      name: 'a limit that tightens',
      attrs: { ...detect, nmsThreshold: 0.875, eta: 0.5, keepTopK: 2 },
      inputs: [still, row(0.25, 0.75, 0.5, 0.5, 0.75, 0.25), priors(1)],
      expected: [[0, 1, 0.75, 0, 0, 0.5, 0.5, ...none]],
      tolerance: 0,
    },
    {
      name: 'nothing',
      attrs: detect,
      inputs: [still, row(1, 0, 1, 0, 1, 0), priors(1)],
      expected: [[...none, ...none, ...none]],
      tolerance: 0,
    },
    {
      name: 'the best of all classes',
      attrs: { ...detect, background: -1, keepTopK: 2 },
      inputs: [still, row(0.5, 0.75, 0, 0, 0.875, 0.5), priors(1)],
      shapes: [[1, 1, 2, 7]],
      expected: [[0, 0, 0.875, 0.5, 0.5, 1, 1, 0, 1, 0.75, 0, 0, 0.5, 0.5]],
      tolerance: 0,
    },
    {
      name: 'the best of a class only',
      attrs: { ...detect, topK: 1 },
      inputs: [still, row(0, 0.5, 0, 0.375, 0, 0.75), priors(1)],
      shapes: [[1, 1, 1, 7]],
      expected: [[0, 1, 0.75, 0.5, 0.5, 1, 1]],
      tolerance: 0,
    },
    {
      name: 'corners moved by their variance',
      attrs: { ...detect, keepTopK: 1 },
      inputs: [row(1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0), row(0, 1, 0, 0, 0, 0), priors(0.125)],
      expected: [[0, 1, 1, 0.125, 0.25, 0.875, 1]],
      tolerance: 0,
    },
    {
      name: 'variance in the target',
      attrs: { ...detect, keepTopK: 1, varianceEncoded: true },
      inputs: [row(0.125, 0.25, 0.375, 0.5, 0, 0, 0, 0, 0, 0, 0, 0), row(0, 1, 0, 0, 0, 0), priors(0.125)],
      expected: [[0, 1, 1, 0.125, 0.25, 0.875, 1]],
      tolerance: 0,
    },
    {
      name: 'centre and size',
      attrs: { ...detect, keepTopK: 1, code: 'CENTER_SIZE' },
      inputs: [row(1, -1, Math.log(2) * 2, 0, 0, 0, 0, 0, 0, 0, 0, 0), row(0, 1, 0, 0, 0, 0), priors(0.5)],
      expected: [[0, 1, 1, 0, -0.25, 1, 0.25]],
      tolerance: 1e-6,
    },
    {
      name: 'corners in units of the box',
      attrs: { ...detect, keepTopK: 1, code: 'CORNER_SIZE' },
      inputs: [row(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0), row(0, 1, 0, 0, 0, 0), priors(0.5)],
      expected: [[0, 1, 1, 0.25, 0.25, 0.75, 0.75]],
      tolerance: 0,
    },
    {
      name: 'boxes of every class',
      attrs: { ...detect, keepTopK: 1, shareLocation: false },
      inputs: [row(9, 9, 9, 9, 1, 1, 1, 1, ...new Array<number>(16).fill(0)), row(0, 1, 0, 0, 0, 0), priors(0.5)],
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

import { test } from 'uvu';
import { type LrnAttrs, lrn } from '../../src/ops/lrn.js';
import { runCases } from './run-cases.js';

const across: LrnAttrs = { region: 'across', size: 3, alpha: 3, beta: 0.5, k: 1 };

runCases(
  lrn,
  [
    {
      name: 'across channels',
      attrs: across,
      inputs: [{ shape: [1, 4, 1, 1], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1 / Math.sqrt(6), 2 / Math.sqrt(15), 3 / Math.sqrt(30), 4 / Math.sqrt(26)]],
    },
    {
      name: 'across the last axis',
      attrs: across,
      layout: 'NHWC',
      inputs: [{ shape: [1, 1, 1, 4], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1 / Math.sqrt(6), 2 / Math.sqrt(15), 3 / Math.sqrt(30), 4 / Math.sqrt(26)]],
    },
    {
      name: 'more channels than there are',
      attrs: { ...across, size: 5, alpha: 5 },
      inputs: [{ shape: [1, 2, 1, 1], data: Float32Array.from([3, 4]) }],
      expected: [[3 / Math.sqrt(26), 4 / Math.sqrt(26)]],
    },
    {
      name: 'k and beta',
      attrs: { ...across, size: 1, alpha: 1, beta: 0.75, k: 7 },
      inputs: [{ shape: [1, 1, 1, 1], data: Float32Array.from([3]) }],
      expected: [[3 / 8]],
    },
    {
      name: 'within a channel: outside counts as 0',
      attrs: { ...across, region: 'within', alpha: 9 },
      inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1, 2, 3, 4].map((x) => x / Math.sqrt(31))],
    },
    {
      name: 'within, channels last',
      attrs: { ...across, region: 'within', alpha: 9 },
      layout: 'NHWC',
      inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1 / Math.sqrt(11), 2 / Math.sqrt(21), 3 / Math.sqrt(11), 4 / Math.sqrt(21)]],
    },
  ],
  [
    { name: 'an even size', attrs: { ...across, size: 4 }, inputs: [[1, 4, 1, 1]], message: /odd local_size, got 4/ },
    {
      name: 'no size',
      attrs: { ...across, size: 0 },
      inputs: [[1, 4, 1, 1]],
      message: /local_size of at least 1, got 0/,
    },
  ],
);

test.run();

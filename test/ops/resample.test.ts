import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resample } from '../../src/ops/resample.js';
import { runCases } from './run-cases.js';
import { nodeOf, read } from './tensorflow-rows.js';
import { tensor } from './values.js';

const one = { start: 0, weights: [1] };

runCases(
  resample,
  [
    {
      name: 'each row and column is a sum with weights of its own; without weights it is 0',
      attrs: {
        rows: [
          { start: 0, weights: [0.5, 0.5] },
          { start: 0, weights: [] },
        ],
        columns: [one, { start: 1, weights: [0.25, 0.75] }],
      },
      inputs: [{ shape: [1, 2, 3, 1], data: Float32Array.of(0, 4, 8, 2, 6, 10) }],
      shapes: [[1, 2, 2, 1]],
      expected: [[1, 8, 0, 0]],
      tolerance: 0,
    },
    {
      name: 'channels stay apart',
      attrs: { rows: [one], columns: [{ start: 1, weights: [1] }, one] },
      inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      expected: [[3, 4, 1, 2]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'pixels that the image does not have',
      attrs: { rows: [one], columns: [{ start: 1, weights: [1, 1] }] },
      inputs: [[1, 1, 2, 2]],
      message: /expected pixels within 1x2, got others/,
    },
  ],
);

/** The weights of a row of `width` pixels resized to `size`, dense. */
function weightsOf(type: string, width: number, size: number, attrs: Readonly<Record<string, unknown>>, moved = 0) {
  const [sizes, scale, shift] = [tensor([2], 1, size), tensor([2], 1, size / width), tensor([2], 0, moved)];
  const operands = [[1, 1, width, 1], sizes, ...(type === 'ResizeArea' ? [] : [scale, shift])];
  const { columns } = read(nodeOf(type, operands, attrs))?.reading.attrs ?? {};
  return columns.map(({ start, weights }: typeof one) =>
    Array.from({ length: width }, (_, at) => Math.round((weights[at - start] ?? 0) * 1e5) / 1e5),
  );
}

test('a smaller image is filtered first, unless antialias is off', () => {
  // The kernel reaches 2 pixels of the input around 1 and 3: distances 1/4 and 3/4 of its radius.
  assert.equal(weightsOf('ScaleAndTranslate', 4, 2, { kernel_type: 'triangle' }), [
    [0.42857, 0.42857, 0.14286, 0],
    [0, 0.14286, 0.42857, 0.42857],
  ]);
  assert.equal(weightsOf('ScaleAndTranslate', 4, 2, { kernel_type: 'triangle', antialias: false }), [
    [0.5, 0.5, 0, 0],
    [0, 0, 0.5, 0.5],
  ]);
});

test('kernels: those of zeros at whole distances give the pixels themselves, the others blur', () => {
  const same = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (const kernel of ['lanczos1', 'lanczos3', 'lanczos5', 'box', 'triangle', 'keyscubic'])
    assert.equal(
      weightsOf('ScaleAndTranslate', 3, 3, { kernel_type: kernel }).map((row: number[]) => row.map(Math.abs)),
      same,
      kernel,
    );
  // Mitchell: 8/9 at 0, 1/18 at 1; Gauss: 1 at 0, exp(-2) at 1.
  assert.equal(weightsOf('ScaleAndTranslate', 3, 3, { kernel_type: 'mitchellcubic' })[1], [0.05556, 0.88889, 0.05556]);
  assert.equal(weightsOf('ScaleAndTranslate', 3, 3, { kernel_type: 'gaussian' })[1], [0.10651, 0.78699, 0.10651]);
});

test('a translation moves the image; what comes from outside is 0', () =>
  assert.equal(weightsOf('ScaleAndTranslate', 3, 3, { kernel_type: 'triangle' }, 2), [
    [0, 0, 0],
    [0, 0, 0],
    [1, 0, 0],
  ]));

test('areas: each pixel by the part of it that is covered; the last one repeats', () => {
  assert.equal(weightsOf('ResizeArea', 3, 2, {}), [
    [0.66667, 0.33333, 0],
    [0, 0.33333, 0.66667],
  ]);
  // Steps of 2 pixels from 0, 2 and 4; the last one covers a pixel that is not there.
  assert.equal(weightsOf('ResizeArea', 5, 3, { align_corners: true }), [
    [0.5, 0.5, 0, 0, 0],
    [0, 0, 0.5, 0.5, 0],
    [0, 0, 0, 0, 1],
  ]);
});

test('a kernel that is not known, a scale of 0', () => {
  assert.throws(
    () => weightsOf('ScaleAndTranslate', 4, 2, { kernel_type: 'welch' }),
    /expected one of lanczos1, .* got welch/,
  );
  assert.throws(() => weightsOf('ScaleAndTranslate', 4, 0, {}), /width/);
});

test.run();

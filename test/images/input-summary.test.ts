import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inputLine, inputWarnings, summariseInput } from '../../src/images/input-summary.js';
import { resolvePreprocessing } from '../../src/images/preprocessing-options.js';

const caffe = { shape: [1, 3, 1, 2], layout: 'NCHW', framework: 'caffe' } as const;
const preprocessing = resolvePreprocessing({}, caffe);

test('order, shape, range and mean in one line', () => {
  const summary = summariseInput(Float32Array.of(-104, 151, -117, 100, -123, 93), [3, 1, 2], 0);
  assert.is(inputLine(summary, preprocessing), 'input: BGR, 3x1x2, -123 to 151, mean 0 (first image)');
  assert.is(inputLine(summary, undefined), 'input: 3x1x2, -123 to 151, mean 0 (first image)');
  assert.equal(inputWarnings(summary), []);
});

test('channels last have the same range of each channel', () => {
  const first = summariseInput(Float32Array.of(0, 10, 1, 10, 2, 10), [3, 2], 1);
  assert.equal([first.extent, first.least, first.greatest], [2, 0, 10]);
});

test('a constant, a range that hardly varies and one that is absurd are warned of', () => {
  const warnings = (...values: number[]): string =>
    inputWarnings(summariseInput(Float32Array.from(values), [3, 1, 2], 0)).join();
  assert.match(warnings(-104, -104, -117, -117, -123, -123), /is constant on the first image \(from -123 to -104\)/);
  assert.match(warnings(-104, -103, -117, -116, -123, -122), /hardly varies .* 1 within a channel/);
  assert.match(warnings(0, 65025, 0, 65025, 0, 65025), /no network was trained on/);
  assert.match(warnings(0, 1e-5, 0, 1e-5, 0, 1e-5), /no network was trained on/);
  assert.is(warnings(0, 1, 0, 1, 0, 1), '');
});

test.run();

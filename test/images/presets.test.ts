import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolvePreprocessing } from '../../src/images/preprocessing-options.js';
import { PRESETS, type Preset } from '../../src/images/presets.js';

const color = { shape: [1, 4, 4, 3], layout: 'NHWC', framework: 'tensorflow' } as const;
const grey = { shape: [1, 1, 4, 4], layout: 'NCHW', framework: 'caffe' } as const;

test('a preset gives the options that are absent', () => {
  const { channelSwap, rawScale, meanValue, inputScale } = resolvePreprocessing({ preset: 'tf-slim' }, color);
  assert.equal([channelSwap, rawScale, meanValue, inputScale], [[0, 1, 2], 2, [1, 1, 1], 1]);
  const mixed = resolvePreprocessing({ preset: 'tf-slim', channelSwap: [2, 1, 0], rawScale: undefined }, color);
  assert.equal([mixed.channelSwap, mixed.rawScale], [[2, 1, 0], 2]);
});

test('original is the default', () => {
  assert.equal(resolvePreprocessing({ preset: 'original' }, color), resolvePreprocessing({}, color));
});

test('white and black of the presets', () => {
  const ends = (preset: Preset): number[] => {
    const { rawScale, meanValue, inputScale } = resolvePreprocessing({ preset }, color);
    return [0, 1].map((value) => Number(((value * rawScale - meanValue[0]!) * inputScale).toFixed(3)));
  };
  assert.equal(
    PRESETS.map((preset) => [preset, ...ends(preset)]),
    [
      ['original', -104, 151],
      ['caffe', -104, 151],
      ['tf-slim', -1, 1],
      ['keras-tf', -1, 1],
      ['keras-caffe', -103.939, 151.061],
      ['torch', -2.146, 2.279],
      ['raw01', 0, 1],
    ],
  );
});

test('a grey network takes the mean of the means, and no other name passes', () => {
  const { channelSwap, meanValue } = resolvePreprocessing({ preset: 'keras-tf' }, grey);
  assert.equal([channelSwap, meanValue], [[0], [1]]);
  assert.throws(() => resolvePreprocessing({ preset: 'tf' as Preset }, grey), /--preset: expected original, caffe/);
  const vector = { shape: [1, 12], layout: 'NCHW', framework: 'caffe' } as const;
  assert.throws(() => resolvePreprocessing({ preset: 'caffe' }, vector), /expected a network of 1 or 3 channels/);
});

test.run();

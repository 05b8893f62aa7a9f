import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectedInput } from '../../src/images/expected-input.js';
import { expectedPreprocessing, resolvePreprocessing } from '../../src/images/preprocessing-options.js';

const all = (value: number): number[] => [value, value, value];
const front = (scale: number[], shift: number[], from = [0, 1, 2]) => ({ from, scale, shift });

/** Order and largest value that a front shows. */
function shown(...of: Parameters<typeof front>): string {
  const options = expectedInput({ front: front(...of) }, 3)?.options;
  return options === undefined ? 'nothing' : `${options.channelSwap.join('')} ${options.rawScale}`;
}

test('a mean of the middle of a range shows the range', () => {
  assert.is(shown(all(1 / 127.5), all(-1)), '012 255');
  assert.is(shown(all(1), all(-128)), '012 255');
  assert.is(shown(all(2), all(-1)), '012 1');
  assert.is(shown(all(1 / 0.226), [0.485, 0.456, 0.406].map((mean) => -mean / 0.226)), '012 1'); // biome-ignore format: as flags
  assert.is(shown(all(0.5), all(0.5)), 'nothing', 'an input from -1 to 1');
  assert.is(shown(all(1), [-0.1, 0.02, 0.03]), 'nothing', 'means near 0');
  assert.is(shown(all(1), [-104, -117, 0]), 'nothing', 'channels that disagree');
});

test('a factor of about 255 shows the range, another does not', () => {
  assert.is(shown(all(1 / 255), all(0)), '012 255');
  assert.is(shown(all(1 / 128), all(0)), '012 255');
  assert.is(shown(all(255), all(0)), '012 1');
  for (const factor of [1, 2, 0.5, 1 / 16, 1 / 1000]) assert.is(shown(all(factor), all(0)), 'nothing', String(factor));
});

test('means that rise from the first channel are those of blue, green, red', () => {
  assert.is(shown(all(1), [-103.939, -116.779, -123.68]), '210 255');
  assert.is(shown(all(1), [-123.68, -116.779, -103.939]), '012 255');
  assert.is(shown(all(1), [-103.939, -116.779, -123.68], [2, 1, 0]), '012 255', 'the graph turns them itself');
  assert.is(shown(all(1), [-120, -121, -122]), '012 255', 'a rise too small to mean anything');
});

test('bytes are pixels, and what a decoder leads to is prepared as the file does', () => {
  assert.equal(expectedInput({ bytes: true }, 1)?.options, {
    channelSwap: [0],
    rawScale: 255,
    meanValue: [0],
    inputScale: 1,
  });
  const decoded = { from: [2, 1, 0], scale: all(0.0078125), shift: all(-1) };
  assert.equal(expectedInput({ decoded }, 3)?.options, {
    channelSwap: [2, 1, 0],
    rawScale: 255,
    meanValue: all(128),
    inputScale: 0.0078125,
  });
  assert.is(expectedInput({ decoded: { ...decoded, scale: [1, 2, 1] } }, 3), undefined, 'a factor for each channel');
  assert.is(expectedInput({}, 3), undefined);
});

test('one value among the flags, or another framework, and the graph chooses nothing', () => {
  const input = { shape: [1, 8, 8, 3], layout: 'NHWC', framework: 'tensorflow', bytes: true } as const;
  const { channelSwap, meanValue } = resolvePreprocessing({}, input);
  assert.equal([channelSwap, meanValue], [[0, 1, 2], all(0)]);
  assert.equal(resolvePreprocessing({ inputScale: 1 }, input).channelSwap, [2, 1, 0]);
  assert.equal(resolvePreprocessing({ preset: 'original' }, input).channelSwap, [2, 1, 0]);
  assert.ok(expectedPreprocessing({ transpose: [0, 1, 2], resize: 'caffe' }, input) !== undefined);
  assert.is(expectedPreprocessing({}, { ...input, framework: 'caffe' }), undefined);
  assert.is(expectedPreprocessing({}, { ...input, shape: [1, 20] }), undefined);
});

test.run();

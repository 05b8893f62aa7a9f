import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { XfdnnError } from '../../src/error.js';
import {
  type NetworkInput,
  type PreprocessingOptions,
  preprocessingWarnings,
  resolvePreprocessing,
} from '../../src/images/index.js';

const caffe: NetworkInput = { shape: [1, 3, 6, 5], layout: 'NCHW', framework: 'caffe' };
const tensorflow: NetworkInput = { shape: [1, 6, 5, 3], layout: 'NHWC', framework: 'tensorflow' };
const grey: NetworkInput = { shape: [64, 1, 6, 5], layout: 'NCHW', framework: 'caffe' };

test('defaults depend on the network only', () => {
  const {
    transpose,
    channelSwap,
    rawScale,
    meanValue,
    inputScale,
    resize: rule,
    dims,
    shape,
  } = resolvePreprocessing({}, caffe);
  assert.equal(
    [transpose, channelSwap, rawScale, meanValue, inputScale, rule],
    [[2, 0, 1], [2, 1, 0], 255, [104, 117, 123], 1, 'caffe'],
  );
  assert.equal(
    [dims, shape],
    [
      [3, 6, 5],
      [3, 6, 5],
    ],
  );
  const other = resolvePreprocessing({}, tensorflow);
  assert.equal(
    [other.transpose, other.resize, other.dims, other.shape],
    [[0, 1, 2], 'tensorflow', [3, 6, 5], [6, 5, 3]],
  );
  const one = resolvePreprocessing({}, grey);
  assert.equal([one.channelSwap, one.meanValue, one.rawScale], [[0], [0], 255]);
  const array = resolvePreprocessing({}, { shape: [1, 15, 24, 24], layout: 'NCHW', framework: 'caffe' });
  assert.equal([array.kind, array.transpose, array.rawScale, array.inputScale], ['array', [0, 1, 2], 1, 1]);
  assert.equal([array.meanValue, array.channelSwap], [new Array(15).fill(0), Array.from({ length: 15 }, (_, i) => i)]);
});

test('a TensorFlow input without a batch axis is an image', () => {
  const network: NetworkInput = { shape: [6, 5, 3], layout: 'NHWC', framework: 'tensorflow' };
  const { kind, dims, shape, channelAxis } = resolvePreprocessing({}, network);
  assert.equal([kind, dims, shape, channelAxis], ['image', [3, 6, 5], [6, 5, 3], 2]);
  const plane = resolvePreprocessing({}, { ...network, shape: [6, 5] });
  assert.equal([plane.kind, plane.dims, plane.shape, plane.meanValue], ['image', [1, 6, 5], [6, 5, 1], [0]]);
});

test('an input of bytes takes raw pixels; other flags are warned of', () => {
  const network: NetworkInput = { ...tensorflow, bytes: true };
  const raw = resolvePreprocessing({}, network);
  assert.equal([raw.bytes, raw.rawScale, raw.meanValue, raw.inputScale], [true, 255, [0, 0, 0], 1]);
  assert.equal(preprocessingWarnings(raw, network), []);
  for (const flags of [{ meanValue: [104, 117, 123] }, { rawScale: 1 }, { inputScale: 1 / 255 }]) {
    const options = resolvePreprocessing(flags, network);
    assert.is(options.bytes, undefined);
    assert.match(preprocessingWarnings(options, network)[0]!, /^warning: the type of the network's input is uint8/);
    assert.equal(preprocessingWarnings(options, tensorflow), []);
  }
});

test('the order of axes of Caffe is idle for a TensorFlow network with channels last', () => {
  assert.equal(resolvePreprocessing({ transpose: [2, 0, 1] }, tensorflow).transpose, [0, 1, 2]);
});

test('flags that do not fit the network are named', () => {
  const cases: [PreprocessingOptions, NetworkInput, RegExp][] = [
    [{ transpose: [0, 1] }, caffe, /^--transpose: expected the axes 0,1,2 in some order, got \[0, 1\]\.$/],
    [{ transpose: [0, 1, 1] }, caffe, /--transpose: .*got \[0, 1, 1\]/],
    [{ transpose: [1, 2, 3] }, caffe, /--transpose/],
    [
      { transpose: [0, 1, 2] },
      caffe,
      /--transpose: expected the network's input, 3x6x5 \(CHW\), got H x W x C = 6x5x3/,
    ],
    [{ transpose: [2, 1, 0] }, caffe, /got C x W x H = 3x5x6/],
    [{ transpose: [1, 0, 2] }, tensorflow, /expected the network's input, 6x5x3 \(HWC\)/],
    [{ rawScale: 0 }, caffe, /--raw_scale: expected a factor other than 0/],
    [{ inputScale: 0 }, caffe, /--input_scale: expected a factor other than 0/],
    [{ transpose: [0, 1, 2] }, { shape: [1, 3, 3, 3], layout: 'NCHW', framework: 'caffe' }, /--transpose/],
    [{ channelSwap: [2, 1] }, caffe, /--channel_swap: expected 3 indices, one for each channel, got \[2, 1\]/],
    [{ channelSwap: [2, 1, 3] }, caffe, /--channel_swap: expected indices from 0 to 2/],
    [{ channelSwap: [2, 1, 0.5] }, caffe, /--channel_swap/],
    [{ channelSwap: [2, 1, 0] }, grey, /expected 1 index/],
    [{ meanValue: [] }, caffe, /--mean_value: expected 1 or 3 values, got \[\]/],
    [{ meanValue: [1, 2] }, caffe, /--mean_value: expected 1 or 3 values, got \[1, 2\]/],
    [{ meanValue: [1, 2, 3] }, grey, /--mean_value: expected 1 value, got \[1, 2, 3\]/],
    [{ meanValue: [NaN] }, caffe, /--mean_value: expected a finite number, got NaN/],
    [{ rawScale: Infinity }, caffe, /--raw_scale: expected a finite number/],
    [{ inputScale: NaN }, caffe, /--input_scale: expected a finite number/],
  ];
  for (const [flags, network, message] of cases) {
    try {
      resolvePreprocessing(flags, network);
    } catch (error) {
      assert.is((error as XfdnnError).code, 'usage');
      assert.match((error as XfdnnError).message, message);
      continue;
    }
    assert.unreachable(String(message));
  }
});

test.run();

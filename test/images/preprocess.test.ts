import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Image,
  type NetworkInput,
  preprocessArray,
  preprocessImage,
  resize,
  resolvePreprocessing,
  toGray,
  toRgb,
} from '../../src/images/index.js';

const random = seedrandom('preprocess');
const caffe: NetworkInput = { shape: [1, 3, 6, 5], layout: 'NCHW', framework: 'caffe' };
const tensorflow: NetworkInput = { shape: [1, 6, 5, 3], layout: 'NHWC', framework: 'tensorflow' };
const grey: NetworkInput = { shape: [64, 1, 6, 5], layout: 'NCHW', framework: 'caffe' };

function randomImage(width: number, height: number, channels: 1 | 3): Image {
  return {
    width,
    height,
    channels,
    maximum: 255,
    data: Uint8Array.from({ length: width * height * channels }, () => Math.floor(random() * 256)),
  };
}

test('the six operations in their order, each rounded to float32', () => {
  const f = Math.fround;
  for (const network of [caffe, tensorflow]) {
    for (const flags of [
      {},
      { channelSwap: [0, 1, 2], rawScale: 1, meanValue: [0.1], inputScale: 0.017 },
      { channelSwap: [1, 1, 2], meanValue: [103.94, 116.78, 123.68], inputScale: 1 / 3 },
    ]) {
      const image = randomImage(9, 7, 3);
      const options = resolvePreprocessing(flags, network);
      const resized = resize(image, 6, 5, options.resize);
      const result = preprocessImage(image, options);
      for (let y = 0; y < 6; y++) {
        for (let x = 0; x < 5; x++) {
          for (let c = 0; c < 3; c++) {
            const sample = resized[(y * 5 + x) * 3 + options.channelSwap[c]!]!;
            const expected = f(f(f(sample * f(options.rawScale)) - f(options.meanValue[c]!)) * f(options.inputScale));
            assert.is(result[network === caffe ? (c * 6 + y) * 5 + x : (y * 5 + x) * 3 + c], expected);
          }
        }
      }
    }
  }
});

test('a grey image is tiled for three channels', () => {
  const image = randomImage(9, 7, 1);
  const tiled: Image = {
    ...image,
    channels: 3,
    data: Uint8Array.from({ length: 9 * 7 * 3 }, (_, i) => image.data[Math.floor(i / 3)]!),
  };
  for (const network of [caffe, tensorflow]) {
    const options = resolvePreprocessing({}, network);
    assert.equal(preprocessImage(image, options), preprocessImage(tiled, options));
  }
  assert.equal(toRgb(image), toRgb(tiled));
});

test('one channel: a grey image is kept, a colour image weighed', () => {
  const options = resolvePreprocessing({ rawScale: 1 }, grey);
  const image = randomImage(5, 6, 1);
  assert.equal(
    preprocessImage(image, options),
    Float32Array.from(image.data, (sample) => sample / 255),
  );
  const color = randomImage(5, 6, 3);
  const rgb = toRgb(color);
  const weighed = Float32Array.from(
    { length: 30 },
    (_, i) => 0.2125 * rgb[3 * i]! + 0.7154 * rgb[3 * i + 1]! + 0.0721 * rgb[3 * i + 2]!,
  );
  assert.equal(preprocessImage(color, options), weighed);
  assert.equal(toGray(color).data, weighed);
  assert.equal(toGray({ ...color, data: rgb, maximum: 1 }).data, weighed);
  const nhwc = resolvePreprocessing({ rawScale: 1 }, { shape: [1, 6, 5, 1], layout: 'NHWC', framework: 'tensorflow' });
  assert.equal(preprocessImage(color, nhwc), weighed);
});

test('a transposed network takes a transposed image', () => {
  const square: NetworkInput = { shape: [1, 3, 4, 4], layout: 'NCHW', framework: 'caffe' };
  const image = randomImage(4, 4, 3);
  const straight = preprocessImage(image, resolvePreprocessing({}, square));
  const turned = preprocessImage(image, resolvePreprocessing({ transpose: [2, 1, 0] }, square));
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) assert.is(turned[(c * 4 + x) * 4 + y], straight[(c * 4 + y) * 4 + x]);
});

test('arrays pass as they are, or through the operations asked for', () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const plain = resolvePreprocessing({}, { shape: [1, 4, 3, 2], layout: 'NCHW', framework: 'caffe' });
  assert.equal(preprocessArray(data, plain), data);
  const flat = resolvePreprocessing({}, { shape: [1, 24], layout: 'NHWC', framework: 'tensorflow' });
  assert.equal(preprocessArray(data, flat), data);
  const flags = {
    transpose: [2, 0, 1],
    channelSwap: [3, 2, 1, 0],
    rawScale: 2,
    meanValue: [1, 2, 3, 4],
    inputScale: 0.5,
  };
  const full = resolvePreprocessing(flags, { shape: [1, 4, 3, 2], layout: 'NCHW', framework: 'caffe' });
  assert.equal(full.dims, [3, 2, 4]);
  const result = preprocessArray(data, full);
  for (let c = 0; c < 4; c++)
    for (let i = 0; i < 6; i++) assert.is(result[c * 6 + i], (data[i * 4 + 3 - c]! * 2 - (c + 1)) * 0.5);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asInputs, inputShape, isDataType, isSource, sizedInput } from '../../src/caffe/inputs.js';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { throws } from '../throws.js';

function layer(text: string) {
  return readPrototxt(`layer { name: "d" ${text} }`, 'net').layers[0]!;
}

function shapes(text: string) {
  return asInputs(layer(text)).map((input) => [input.name, inputShape(input)]);
}

test('shapes of every layer that stands for values from outside', () => {
  const cases: [string, unknown][] = [
    ['type: "Input" top: "x" input_param { shape { dim: 10 dim: 3 dim: 8 dim: 9 } }', [['d', [10, 3, 8, 9]]]],
    [
      'type: "Input" top: "x" top: "y" input_param { shape { dim: 1 dim: 2 } shape { dim: 1 dim: 3 } }',
      [
        ['x', [1, 2]],
        ['y', [1, 3]],
      ],
    ],
    [
      'type: "Input" top: "x" top: "y" input_param { shape { dim: 1 dim: 2 } }',
      [
        ['x', [1, 2]],
        ['y', [1, 2]],
      ],
    ],
    ['type: "Input" top: "x"', [['d', null]]],
    ['type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 0 dim: 0 } }', [['d', null]]],
    ['type: "DummyData" top: "x" dummy_data_param { num: 2 channels: 3 height: 4 width: 5 }', [['d', [2, 3, 4, 5]]]],
    ['type: "DummyData" top: "x" dummy_data_param { shape { dim: 7 dim: 2 } }', [['d', [7, 2]]]],
    [
      'type: "MemoryData" top: "x" top: "l" memory_data_param { batch_size: 4 channels: 1 height: 28 width: 30 }',
      [
        ['x', [1, 1, 28, 30]],
        ['l', null],
      ],
    ],
    [
      'type: "MemoryData" top: "x" memory_data_param { channels: 3 height: 256 width: 256 } transform_param { crop_size: 227 }',
      [['d', [1, 3, 227, 227]]],
    ],
    [
      'type: "ImageData" top: "x" image_data_param { new_height: 60 new_width: 70 is_color: false }',
      [['d', [1, 1, 60, 70]]],
    ],
    [
      'type: "ImageData" top: "x" image_data_param { new_height: 60 new_width: 70 } transform_param { crop_size: 50 }',
      [['d', [1, 3, 50, 50]]],
    ],
    ['type: "Data" top: "x" transform_param { crop_size: 224 }', [['d', [1, 3, 224, 224]]]],
    ['type: "Data" top: "x" transform_param { crop_h: 40 crop_w: 50 force_gray: true }', [['d', [1, 1, 40, 50]]]],
    ['type: "Data" top: "x" data_param { source: "x" crop_size: 227 }', [['d', [1, 3, 227, 227]]]],
    ['type: "Data" top: "x" data_param { source: "x" }', [['d', null]]],
    [
      'type: "AnnotatedData" top: "x" transform_param { resize_param { height: 300 width: 200 } }',
      [['d', [1, 3, 300, 200]]],
    ],
    ['type: "WindowData" top: "x" window_data_param { crop_size: 99 }', [['d', [1, 3, 99, 99]]]],
    ['type: "HDF5Data" top: "x"', [['d', null]]],
  ];
  for (const [text, expected] of cases) assert.equal(shapes(text), expected, text);
  throws(
    () => shapes('type: "Input" top: "x" top: "y" top: "z" input_param { shape { dim: 1 } shape { dim: 2 } }'),
    /^net:1:1: layer "d" \(Input\): expected 1 or 3 shapes for its tops, got 2\.$/,
  );
  assert.equal(
    ['Data', 'Input', 'DummyData', 'ReLU'].map((type) => [
      isDataType(layer(`type: "${type}"`)),
      isSource(layer(`type: "${type}"`)),
    ]),
    [
      [true, true],
      [false, true],
      [false, true],
      [false, false],
    ],
  );
});

test('one image, at the declared size or at --dims', () => {
  const [input] = asInputs(layer('type: "Input" top: "x" input_param { shape { dim: 10 dim: 3 dim: 8 dim: 9 } }'));
  assert.equal(inputShape(sizedInput(input!, undefined)), [1, 3, 8, 9]);
  assert.equal(inputShape(sizedInput(input!, [1, 20, 30])), [1, 1, 20, 30]);
  throws(
    () => sizedInput(input!, [20, 30]),
    /^--dims: expected 3 sizes, like the declared 3x8x9 of net:1:1: layer "d" \(Input\), got 20,30\.$/,
  );
  const [unknown] = asInputs(layer('type: "Data" top: "x"'));
  assert.equal(inputShape(sizedInput(unknown!, [3, 5, 6])), [1, 3, 5, 6]);
  throws(
    () => sizedInput(unknown!, undefined),
    /^net:1:1: layer "d" \(Data\): the file does not say how large its top "x" is\. Say so with --input_layer d --dims C,H,W\.$/,
  );
});

test.run();

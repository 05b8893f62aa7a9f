import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { graphDef, placeholder, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [...part])),
  );
const x = placeholder('x', [-1, 4, 4, 2]);
const relu: TestNode = { name: 'relu', op: 'Relu', input: ['x'] };

const kinds: readonly (readonly [string, string, Uint8Array, RegExp])[] = [
  [
    'a SavedModel',
    'saved_model.pb',
    bytes([0x08, 0x01, 0x12, 0x05, 0x0a, 0x03], 'abc'),
    /^saved_model.pb: this is a SavedModel; expected a frozen GraphDef\. Freeze it first/,
  ],
  [
    'a SavedModel of another name',
    fileName,
    bytes([0x08, 0x01, 0x12, 0x05, 0x0a, 0x03], 'abc'),
    /this is a SavedModel/,
  ],
  [
    'a text SavedModel',
    'model.pbtxt',
    bytes('saved_model_schema_version: 1\nmeta_graphs {\n}\n'),
    /this is a SavedModel/,
  ],
  [
    'the index of a checkpoint',
    'model',
    bytes([0, 1, 2, 3], [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]),
    /this is a checkpoint; expected a frozen GraphDef\. Freeze it first/,
  ],
  ['the data of a checkpoint', 'model.ckpt-100.data-00000-of-00001', bytes([1, 2, 3, 4, 5]), /this is a checkpoint/],
  [
    'the state file of checkpoints',
    'checkpoint',
    bytes('model_checkpoint_path: "model.ckpt-100"\n'),
    /this is a checkpoint/,
  ],
  ['a MetaGraphDef', 'model.ckpt-100.meta', bytes([0x0a, 0x02, 0x12, 0x00]), /MetaGraphDef of a checkpoint/],
  [
    'TFLite',
    'model.tflite',
    bytes([0x1c, 0, 0, 0], 'TFL3', [0, 0, 0, 0]),
    /this is a TensorFlow Lite model; expected a frozen GraphDef/,
  ],
  ['HDF5', 'model.h5', bytes([0x89], 'HDF\r\n', [0x1a, 0x0a]), /this is a Keras model in HDF5/],
  ['.keras', 'model.keras', bytes('PK', [3, 4, 20, 0]), /this is a zip archive \(Keras saves its models so\)/],
  [
    'ONNX',
    'model.onnx',
    bytes([0x08, 0x07, 0x12, 0x07], 'pytorch', [0x3a, 0x02, 0x0a, 0x00]),
    /this is an ONNX model; expected a frozen GraphDef/,
  ],
  ['a caffemodel', 'net.caffemodel', bytes([0x0a, 0x03], 'net'), /this is a Caffe model/],
  [
    'a web page',
    fileName,
    bytes('<!DOCTYPE html><html></html>'),
    /this is a web page or XML file; expected a frozen GraphDef/,
  ],
  [
    'a Git LFS pointer',
    fileName,
    bytes('version https://git-lfs.github.com/spec/v1\n'),
    /this is a Git LFS pointer, not the file itself; expected/,
  ],
  ['other text', fileName, bytes('hello\n'), /this is a text file; expected a frozen GraphDef, binary or as text/],
  ['nothing', fileName, bytes(), /this is an empty file; expected a frozen GraphDef/],
  ['other bytes', fileName, bytes([0xff, 0xff, 0xff, 0xff]), /^model.pb at byte 0: /],
  [
    'a message of another type',
    fileName,
    bytes([0x0a, 0x04, 0x12, 0x02], 'ab'),
    /expected a frozen GraphDef, got 1 nodes without name or type/,
  ],
];
for (const [name, file, content, message] of kinds) {
  test(`recognises ${name}`, () => throws(() => loadTensorFlow({ bytes: content, fileName: file }), message));
}

test('a frozen graph may be named after its checkpoint', () => {
  assert.is(loadTensorFlow({ bytes: graphDef(x, relu), fileName: 'model.ckpt-1000.pb' }).nodes.length, 2);
});

test.run();

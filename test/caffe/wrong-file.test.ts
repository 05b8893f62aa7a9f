import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCaffemodel } from '../../src/caffe/caffemodel.js';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { throws } from '../throws.js';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const { build } = ProtobufWriter;

test('what is no caffemodel is named, with the way out', () => {
  const cases: [Uint8Array, RegExp][] = [
    [
      build((state) => state.integer(1, 10).string(2, 'snap/net_iter_10.caffemodel')),
      /^w: this is a solver state of Caffe; expected a binary caffemodel\. Give the caffemodel it belongs to \(net_iter_10\.caffemodel\)\.$/,
    ],
    [
      build((blob) => blob.integer(1, 1).integer(2, 3).packedFloats(5, [1, 2, 3])),
      /this is a single blob \(a mean image of Caffe\); .* Give the caffemodel; the channel means go to --mean_value\.$/,
    ],
    [Uint8Array.of(0x89, 0x48, 0x44, 0x46), /an HDF5 file; expected a binary caffemodel\. Save the weights as/],
    [build((model) => model.integer(1, 7).string(2, 'torch')), /an ONNX model; .* Convert the network to Caffe/],
    [text('version https://git-lfs.github.com/spec/v1\n'), /a Git LFS pointer.* git lfs pull\.$/],
    [text('layer { }'), /a text file; expected a binary caffemodel\. Are model and weights swapped\?$/],
    [Uint8Array.of(0x1f, 0x8b, 8), /a gzip archive; expected a binary caffemodel\. Unpack it\.$/],
  ];
  for (const [bytes, message] of cases) throws(() => readCaffemodel(bytes, 'w'), message);
});

test('what is no prototxt is named, as bytes and as text', () => {
  const cases: [string, RegExp][] = [
    [
      '<!DOCTYPE html>',
      /^net: this is a web page or XML file; expected the text of a prototxt\. Download the file itself/,
    ],
    ['version https://git-lfs.github.com/spec/v1\noid x', /^net: this is a Git LFS pointer, not the file itself;/],
    [
      '{"modelTopology": {}}',
      /^net: this is a TensorFlow\.js model; expected the text of a prototxt\. Convert the network/,
    ],
    ['[net]\nbatch=1', /^net: this is a Darknet cfg file;/],
  ];
  for (const [content, message] of cases) {
    throws(() => readPrototxt(content, 'net'), message);
    throws(() => readPrototxt(text(content), 'net'), message);
  }
  throws(() => readPrototxt(Uint8Array.of(0x0a, 1, 0x41, 0, 1), 'net'), /^net: this is a binary file; .*swapped\?$/);
});

test('a prototxt in UTF-16 is read', () => {
  const content = 'layer { name: "x" type: "ReLU" }';
  const encoded = Uint8Array.from([...content].flatMap((character) => [character.charCodeAt(0), 0]));
  for (const bytes of [
    encoded,
    Uint8Array.of(0xff, 0xfe, ...encoded),
    Uint8Array.of(0xfe, 0xff, 0, ...encoded.slice(0, -1)),
  ])
    assert.is(readPrototxt(bytes, 'net').layers[0]?.name, 'x');
});

test.run();

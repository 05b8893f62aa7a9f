import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileKind, identify, looksLikeText, sniff, utf16Label } from '../../src/formats/sniff.js';
import { ProtobufWriter } from '../protobuf-writer.js';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const utf16 = (content: string): Uint8Array => Uint8Array.from([...content].flatMap((c) => [c.charCodeAt(0), 0]));
const at = (offset: number, ...bytes: number[]): Uint8Array => Uint8Array.of(...new Uint8Array(offset), ...bytes);
/** The header of the first entry of a zip archive. */
const zip = (entry: string): Uint8Array => {
  const header = new Uint8Array(30);
  header.set([0x50, 0x4b, 3, 4]);
  header[26] = entry.length;
  return Uint8Array.of(...header, ...text(entry));
};
const build = ProtobufWriter.build;
const blob = (writer: ProtobufWriter): ProtobufWriter =>
  writer.integer(1, 1).integer(2, 3).integer(3, 1).integer(4, 2).packedFloats(5, [1, 2, 3, 4, 5, 6]);

test('files that are mistaken for a model are named', () => {
  const cases: [Uint8Array, FileKind | undefined, string | undefined][] = [
    [new Uint8Array(0), 'empty', 'an empty file'],
    [Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), 'hdf5', 'an HDF5 file'],
    [zip('model/data.txt'), 'archive', 'a zip archive'],
    [zip('archive/data.pkl'), 'pytorch', 'a PyTorch file'],
    [zip('metadata.json'), 'keras', 'a Keras model'],
    [zip('conv1_w.npy'), 'numpy', 'a NumPy archive (.npz)'],
    [Uint8Array.of(0x1f, 0x8b, 8), 'archive', 'a gzip archive'],
    [text('Rar!\x1a\x07'), 'archive', 'a RAR archive'],
    [at(257, 0x75, 0x73, 0x74, 0x61, 0x72), 'archive', 'a tar archive'],
    [Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1), 'numpy', 'a NumPy array'],
    [Uint8Array.of(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33), 'tflite', 'a TensorFlow Lite model'],
    [
      Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
      'pytorch',
      'a PyTorch file',
    ],
    [Uint8Array.of(0x80, 3, 0x7d), 'pickle', 'a Python pickle'],
    [at(16, 0xde, 0xc0, 0xef, 0xbe), 'lmdb', 'an LMDB data base'],
    [Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0), 'darknet', 'a Darknet weight file'],
    [text('MATLAB 5.0 MAT-file\0'), 'matlab', 'a MATLAB file'],
    [at(40, 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb), 'checkpoint', 'a TensorFlow checkpoint'],
    [build((model) => model.integer(1, 7).string(2, 'pytorch').string(3, '1.9')), 'onnx', 'an ONNX model'],
    [
      build((state) => state.integer(1, 10).string(2, 'a/b_iter_10.caffemodel')),
      'solver-state',
      'a solver state of Caffe',
    ],
    [build((state) => state.integer(1, 10).string(2, 'b').message(3, blob)), 'solver-state', 'a solver state of Caffe'],
    [build(blob), 'blob', 'a single blob (a mean image of Caffe)'],
    [
      build((graph) => graph.message(1, (node) => node.string(1, 'x').string(2, 'Placeholder'))),
      'graph-def',
      undefined,
    ],
    [
      build((net) => net.string(1, 'LeNet').message(100, (layer) => layer.string(1, 'c').message(7, blob))),
      undefined,
      undefined,
    ],
    [text('version https://git-lfs.github.com/spec/v1\noid'), 'lfs-pointer', 'a Git LFS pointer, not the file itself'],
    [text('\n<!DOCTYPE html>'), 'web-page', 'a web page or XML file'],
    [text('{"format": "layers-model", "modelTopology": {}}'), 'tfjs', 'a TensorFlow.js model'],
    [text('{"class_name": "Sequential"}'), 'keras', 'a Keras model without weights (JSON)'],
    [text('{\n  "nodes": []}'), 'json', 'a JSON file'],
    [text('# yolo\n[net]\nbatch=1'), 'darknet', 'a Darknet cfg file'],
    [text('7767517\n3 3\n'), 'ncnn', 'an ncnn model'],
    [text('model_checkpoint_path: "m"'), 'checkpoint', 'the index of a TensorFlow checkpoint'],
    [Uint8Array.of(0xff, 0xfe, 0x61, 0), 'utf-16', 'a text file in UTF-16'],
    [text('name: "LeNet"\nlayer {'), 'text', 'a text file'],
    [text('[ext.name] { }'), 'text', 'a text file'],
    [Uint8Array.of(0x0a, 0x05, 0x4c, 0x65, 0x4e, 0x65, 0x74), undefined, undefined],
  ];
  for (const [bytes, kind, name] of cases) {
    assert.is(identify(bytes)?.kind, kind, name);
    assert.is(sniff(bytes), name);
  }
});

test('UTF-16 is told by its mark or by its zeros', () => {
  assert.is(utf16Label(Uint8Array.of(0xff, 0xfe, 0x61, 0)), 'utf-16le');
  assert.is(utf16Label(Uint8Array.of(0xfe, 0xff, 0, 0x61)), 'utf-16be');
  assert.is(utf16Label(utf16('name: "x"')), 'utf-16le');
  assert.is(utf16Label(text('name: "x"')), undefined);
  assert.is(utf16Label(Uint8Array.of(10, 0, 0, 0)), undefined);
});

test('text is printable UTF-8', () => {
  assert.ok(looksLikeText(text('# réseau\n')));
  assert.not.ok(looksLikeText(Uint8Array.of(65, 0)));
  assert.not.ok(looksLikeText(Uint8Array.of(65, 0xff, 66)));
  assert.ok(looksLikeText(text('é'.repeat(600)).slice(0, 1025)), 'a character cut at the end of the head');
});

test.run();

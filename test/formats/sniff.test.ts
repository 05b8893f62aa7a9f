import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { looksLikeText, sniff } from '../../src/formats/sniff.js';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

test('files that are often mistaken for a model are named', () => {
  const cases: [Uint8Array, string | undefined][] = [
    [new Uint8Array(0), 'an empty file'],
    [Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), 'an HDF5 file'],
    [Uint8Array.of(0x50, 0x4b, 3, 4, 0), 'a zip archive'],
    [Uint8Array.of(0x1f, 0x8b, 8), 'a gzip archive'],
    [Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1), 'a NumPy array'],
    [Uint8Array.of(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33), 'a TensorFlow Lite model'],
    [Uint8Array.of(0x08, 0x07, 0x12, 0x07, 0x70), 'an ONNX model'],
    [text('name: "LeNet"\nlayer {'), 'a text file'],
    [text('version https://git-lfs.github.com/spec/v1\noid'), 'a Git LFS pointer, not the file itself'],
    [text('\n<!DOCTYPE html>'), 'a web page or XML file'],
    [Uint8Array.of(0x0a, 0x05, 0x4c, 0x65, 0x4e, 0x65, 0x74), undefined],
  ];
  for (const [bytes, expected] of cases) assert.is(sniff(bytes), expected);
});

test('text is printable UTF-8', () => {
  assert.ok(looksLikeText(text('# réseau\n')));
  assert.not.ok(looksLikeText(Uint8Array.of(65, 0)));
  assert.not.ok(looksLikeText(Uint8Array.of(65, 0xff, 66)));
  assert.ok(looksLikeText(text('é'.repeat(600)).slice(0, 1025)), 'a character cut at the end of the head');
});

test.run();

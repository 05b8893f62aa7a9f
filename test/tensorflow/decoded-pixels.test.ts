import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

const node = (name: string, op: string, ...input: string[]): TestNode => ({ name, op, input });
const text: TestNode = { name: 'contents', op: 'Placeholder', attr: { dtype: { type: 7 }, shape: { shape: [] } } };
const decode: TestNode = { name: 'decode', op: 'DecodeJpeg', input: ['contents'], attr: { channels: { i: 3 } } };
const cast: TestNode = { name: 'cast', op: 'Cast', input: ['decode'], attr: { SrcT: { type: 4 }, DstT: { type: 1 } } };

/** As the graph of Inception of 2015: decoded, resized to 8 x 8, minus 128, by 1/128. */
const nodes: TestNode[] = [
  text,
  decode,
  cast,
  int32s('first', [0], []),
  node('batch', 'ExpandDims', 'cast', 'first'),
  int32s('size', [8, 8]),
  node('resize', 'ResizeBilinear', 'batch', 'size'),
  floats('mean', [], [128]),
  node('sub', 'Sub', 'resize', 'mean'),
  floats('factor', [], [1 / 128]),
  node('mul', 'Mul', 'sub', 'factor'),
  floats('w', [1, 1, 3, 2], [1, 2, 3, 4, 5, 6]),
  {
    name: 'conv',
    op: 'Conv2D',
    input: ['mul', 'w'],
    attr: { strides: { ints: [1, 1, 1, 1] }, padding: { s: 'SAME' } },
  },
];

const inputOf = (inputLayer: string, dims: number[], some = nodes) =>
  loadTensorFlow({ bytes: graphDef(...some), fileName: 'm.pb', inputLayer, dims }).nodes[0]!.attrs;

test('what the nodes from a decoder to the input do to a color', () => {
  const { decoded } = inputOf('mul', [3, 8, 8]) as { decoded: { from: number[]; scale: number[]; shift: number[] } };
  assert.equal(
    [decoded.from, decoded.scale.map((v) => Math.round(v * 2 ** 20) / 2 ** 20), decoded.shift],
    [[0, 1, 2], Array(3).fill(1 / 128), [-1, -1, -1]],
  );
  assert.equal(inputOf('resize', [3, 8, 8])['decoded'], { from: [0, 1, 2], scale: [1, 1, 1], shift: [0, 0, 0] });
});

test('a decoder that is fed itself gives bytes; two decoders, or none, show nothing', () => {
  const plain = [placeholder('x', [1, 8, 8, 3]), { ...nodes.at(-1)!, input: ['x', 'w'] }, nodes.at(-2)!];
  assert.equal(inputOf('x', [3, 8, 8], plain), { shape: [1, 8, 8, 3] });
  const fed = [text, decode, cast, nodes.at(-2)!, { ...nodes.at(-1)!, input: ['cast', 'w'] }];
  assert.equal(inputOf('decode', [3, 8, 8], fed), { shape: [1, 8, 8, 3], bytes: true });
  const other = { ...decode, name: 'other' };
  const both = nodes.map((each) => (each.name === 'cast' ? { ...each, input: ['sum'] } : each));
  const summed = [...both, other, node('sum', 'AddV2', 'decode', 'other')];
  assert.is(inputOf('mul', [3, 8, 8], summed)['decoded'], undefined);
});

test.run();

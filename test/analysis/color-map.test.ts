import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ColorMap, colorMap } from '../../src/analysis/color-map.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { floats, graphDef, int32s, placeholder, type TestNode } from '../tensorflow/graph-def.js';

const conv = (input: string): TestNode[] => [
  floats('w', [3, 3, 3, 2], Array(54).fill(0.1)),
  {
    name: 'conv',
    op: 'Conv2D',
    input: [input, 'w'],
    attr: { strides: { ints: [1, 1, 1, 1] }, padding: { s: 'SAME' } },
  },
];
const node = (name: string, op: string, ...input: string[]): TestNode => ({ name, op, input });
const three = floats('three', [3], [103.5, 116.5, 123.5]);
const split: TestNode = { name: 'split', op: 'Split', input: ['axis', 'x'], attr: { num_split: { i: 3 } } };

/** The map of nodes that lead from `x`, an image of 3 channels, to the value that a convolution reads. */
function mapOf(last: string, ...nodes: TestNode[]): ColorMap | undefined {
  const all = [placeholder('x', [1, 8, 6, 3]), ...nodes, ...conv(last)];
  const graph = loadTensorFlow({ bytes: graphDef(...all), fileName: 'm.pb', outputLayers: ['conv'] });
  return colorMap(graph, graph.inputs[0]!);
}

const rounded = (map: ColorMap | undefined) =>
  map && [map.from, map.scale.map((v) => Number(v.toPrecision(5))), map.shift.map((v) => Number(v.toPrecision(5)))];

test('scaling and shifting channels', () => {
  assert.equal(rounded(mapOf('x')), [[0, 1, 2], [1, 1, 1], [0, 0, 0]]); // biome-ignore format: one row for each case
  const [half, one] = [floats('half', [], [127.5]), floats('one', [], [1])];
  const slim = mapOf('sub', half, one, node('div', 'RealDiv', 'x', 'half'), node('sub', 'Sub', 'div', 'one'));
  assert.equal(rounded(slim), [[0, 1, 2], Array(3).fill(0.0078431), [-1, -1, -1]]);
  const caffe = mapOf('sub', three, node('sub', 'Sub', 'x', 'three'));
  assert.equal(rounded(caffe), [
    [0, 1, 2],
    [1, 1, 1],
    [-103.5, -116.5, -123.5],
  ]);
});

test('channels in another order, by a reversal and by a split', () => {
  const reversed = mapOf(
    'sub',
    three,
    int32s('axes', [3]),
    node('reverse', 'ReverseV2', 'x', 'axes'),
    node('sub', 'Sub', 'reverse', 'three'),
  );
  assert.equal(rounded(reversed), [
    [2, 1, 0],
    [1, 1, 1],
    [-103.5, -116.5, -123.5],
  ]);
  const parts = mapOf(
    'joined',
    int32s('axis', [3], []),
    split,
    floats('mean', [], [100]),
    node('red', 'Sub', 'split', 'mean'),
    node('joined', 'ConcatV2', 'split:2', 'split:1', 'red', 'axis'),
  );
  assert.equal(rounded(parts), [
    [2, 1, 0],
    [1, 1, 1],
    [0, 0, -100],
  ]);
});

test('what is no map of single channels is none', () => {
  assert.is(mapOf('square', node('square', 'Square', 'x')), undefined);
  const reverse = [int32s('axes', [3]), node('reverse', 'ReverseV2', 'x', 'axes')];
  assert.is(mapOf('sum', ...reverse, node('sum', 'AddV2', 'x', 'reverse')), undefined);
  const [twice, slope] = [node('twice', 'ConcatV2', 'x', 'x', 'axis'), int32s('axis', [3], [])];
  assert.is(
    mapOf(
      'part',
      slope,
      twice,
      int32s('begin', [0, 0, 0, 2]),
      int32s('size', [1, 8, 6, 3]),
      node('part', 'Slice', 'twice', 'begin', 'size'),
    )?.from.join(),
    '2,0,1',
  );
});

test('layers that read different values leave a doubt', () => {
  const nodes = [
    placeholder('x', [1, 8, 6, 3]),
    three,
    node('sub', 'Sub', 'x', 'three'),
    ...conv('sub'),
    node('relu', 'Relu', 'x'),
  ];
  const end = (outputLayers: string[]) => {
    const graph = loadTensorFlow({ bytes: graphDef(...nodes), fileName: 'm.pb', outputLayers });
    return colorMap(graph, graph.inputs[0]!)?.shift.join();
  };
  assert.is(end(['conv']), '-103.5,-116.5,-123.5');
  assert.is(end(['conv', 'relu']), undefined);
  assert.is(end(['conv', 'x']), undefined);
});

test.run();

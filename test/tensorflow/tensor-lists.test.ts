import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import { inspectTensorFlow, loadTensorFlow } from '../../src/tensorflow/index.js';
import { graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const x = placeholder('x', [-1, 4]);
const float = { type: 1 };

function resultOf(nodes: readonly TestNode[], name: string): { shape: readonly number[]; data: number[] } {
  const graph = loadTensorFlow({ bytes: graphDef(x, ...nodes), fileName, outputLayers: [name] });
  const { shape, data } = interpret(graph, new Map([[0, { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) }]]))[
    graph.names[name]!
  ]!;
  return { shape, data: [...data] };
}

const indices = [0, 1, 2, 3].map((value) => int32s(`i${value}`, [value], []));
/** The image as four rows of one value, and one of them negated. */
const rows: TestNode[] = [
  ...indices,
  int32s('order', [1, 0]),
  int32s('scalar', [1]),
  { name: 'rows', op: 'Transpose', input: ['x', 'order'] },
  { name: 'negated', op: 'Neg', input: ['rows'] },
  { name: 'parts', op: 'Unpack', input: ['negated'], attr: { num: { i: 4 }, axis: { i: 0 } } },
];

test('a list of TensorFlow 2: places are filled, read, counted and stacked', () => {
  const nodes: TestNode[] = [
    ...rows,
    { name: 'list', op: 'TensorListFromTensor', input: ['rows', 'scalar'] },
    { name: 'set', op: 'TensorListSetItem', input: ['list', 'i2', 'parts:2'] },
    { name: 'y', op: 'TensorListStack', input: ['set', 'scalar'] },
    { name: 'item', op: 'TensorListGetItem', input: ['set', 'i2', 'scalar'] },
    { name: 'z', op: 'Neg', input: ['item'] },
    { name: 'empty', op: 'EmptyTensorList', input: ['scalar', 'i3'] },
    { name: 'one', op: 'TensorListPushBack', input: ['empty', 'parts'] },
    { name: 'two', op: 'TensorListPushBack', input: ['one', 'parts:3'] },
    { name: 'pushed', op: 'TensorListStack', input: ['two', 'scalar'] },
    { name: 'length', op: 'TensorListLength', input: ['two'] },
    { name: 'counted', op: 'Fill', input: ['scalar', 'length'] },
    { name: 'count', op: 'Cast', input: ['counted'], attr: { DstT: float } },
    { name: 'times', op: 'Mul', input: ['x', 'count'] },
  ];
  assert.equal(resultOf(nodes, 'y'), { shape: [4, 1], data: [1, 2, -3, 4] });
  assert.equal(resultOf(nodes, 'z'), { shape: [1], data: [3] });
  assert.equal(resultOf(nodes, 'pushed'), { shape: [2, 1], data: [-1, -4] });
  assert.equal(resultOf(nodes, 'times').data, [2, 4, 6, 8]);
});

test('a list that is made to be filled: what nothing has filled is 0, and cannot be stacked', () => {
  const nodes: TestNode[] = [
    ...rows,
    { name: 'list', op: 'TensorListReserve', input: ['scalar', 'i2'] },
    { name: 'set', op: 'TensorListSetItem', input: ['list', 'i1', 'parts'] },
    { name: 'zero', op: 'TensorListGetItem', input: ['set', 'i0', 'scalar'], attr: { element_dtype: float } },
    { name: 'y', op: 'AddV2', input: ['x', 'zero'] },
    { name: 'z', op: 'TensorListStack', input: ['set', 'scalar'] },
    { name: 'outside', op: 'TensorListSetItem', input: ['list', 'i3', 'parts'] },
  ];
  assert.equal(resultOf(nodes, 'y').data, [1, 2, 3, 4]);
  for (const name of ['z', 'outside']) {
    const { unsupported } = inspectTensorFlow({ bytes: graphDef(x, ...nodes), fileName, outputLayers: [name] });
    assert.equal(unsupported, [`"${name}" (${name === 'z' ? 'TensorListStack' : 'TensorListSetItem'})`]);
  }
});

test('a TensorArray of TensorFlow 1: its flow is the list', () => {
  const nodes: TestNode[] = [
    ...rows,
    int32s('reversed', [3, 2, 1, 0]),
    int32s('four', [4], []),
    { name: 'array', op: 'TensorArrayV3', input: ['four'] },
    { name: 'filled', op: 'TensorArrayScatterV3', input: ['array', 'reversed', 'negated', 'array:1'] },
    { name: 'written', op: 'TensorArrayWriteV3', input: ['array', 'i1', 'parts', 'filled'] },
    { name: 'read', op: 'TensorArrayReadV3', input: ['array', 'i0', 'written'] },
    { name: 'z', op: 'Neg', input: ['read'] },
    { name: 'size', op: 'TensorArraySizeV3', input: ['array', 'written'] },
    { name: 'range', op: 'Range', input: ['i0', 'size', 'i1'] },
    { name: 'y', op: 'TensorArrayGatherV3', input: ['array', 'range', 'written'] },
  ];
  assert.equal(resultOf(nodes, 'y'), { shape: [4, 1], data: [-4, -1, -2, -1] });
  assert.equal(resultOf(nodes, 'z').data, [4]);
});

test.run();

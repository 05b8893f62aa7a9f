import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import { inspectTensorFlow, loadTensorFlow } from '../../src/tensorflow/index.js';
import { floats, graphWithFunctions, int32s, placeholder, type TestFunction, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const x = placeholder('x', [-1, 4]);

function outputsOf(nodes: readonly TestNode[], functions: readonly TestFunction[], ...names: string[]): number[][] {
  const graph = loadTensorFlow({ bytes: graphWithFunctions([x, ...nodes], functions), fileName });
  const values = interpret(graph, new Map([[0, { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) }]]));
  return names.map((name) => [...values[graph.names[name]!]!.data]);
}

const unsupportedOf = (nodes: readonly TestNode[], functions: readonly TestFunction[] = []): readonly string[] =>
  inspectTensorFlow({ bytes: graphWithFunctions([x, ...nodes], functions), fileName }).unsupported;

/** `count < limit`, of the variables count, limit, sum. */
const condition: TestFunction = {
  name: 'condition',
  inputs: ['count', 'limit', 'sum'],
  results: { goes: 'less:z:0' },
  nodes: [{ name: 'less', op: 'Less', input: ['count', 'limit'] }],
};
/** `count + 1, limit, 2 sum`. */
const body: TestFunction = {
  name: 'body',
  inputs: ['count', 'limit', 'sum'],
  results: { next: 'add:z:0', same: 'limit', twice: 'double:z:0' },
  nodes: [
    { name: 'double', op: 'AddV2', input: ['sum', 'sum'] },
    { name: 'add', op: 'AddV2', input: ['count', 'one:output:0'] },
    int32s('one', [1], []),
  ],
};
const loop = (name: string, inputs: string[], cond = 'condition', of = 'body'): TestNode => ({
  name,
  op: 'While',
  input: inputs,
  attr: { cond: { func: cond }, body: { func: of } },
});
const numbers = (...values: number[]): TestNode[] => values.map((value) => int32s(`i${value}`, [value], []));

test('a loop whose condition depends on constants is its body as often as it goes', () => {
  const nodes = [...numbers(0, 3), loop('three', ['i0', 'i3', 'x']), loop('none', ['i3', 'i3', 'x'])];
  const readers: TestNode[] = [
    { name: 'y', op: 'Neg', input: ['three:2'] },
    { name: 'z', op: 'Neg', input: ['none:2'] },
  ];
  assert.equal(outputsOf([...nodes, ...readers], [condition, body], 'y', 'z'), [
    [-8, -16, -24, -32],
    [-1, -2, -3, -4],
  ]);
});

test('a loop within a loop, and a function that is called within one', () => {
  const outer: TestFunction = {
    name: 'outer',
    inputs: ['count', 'limit', 'sum'],
    results: { next: 'add:z:0', same: 'limit', inner: 'call:output:0' },
    nodes: [
      { name: 'inner', op: 'StatelessWhile', input: ['count', 'limit', 'sum'], attr: loop('', []).attr ?? {} },
      { name: 'call', op: 'PartitionedCall', input: ['inner:output:2'], attr: { f: { func: 'negate' } } },
      { name: 'add', op: 'AddV2', input: ['count', 'one:output:0'] },
      int32s('one', [1], []),
    ],
  };
  const negate: TestFunction = {
    name: 'negate',
    inputs: ['a'],
    results: { out: 'n:y:0' },
    nodes: [{ name: 'n', op: 'Neg', input: ['a'] }],
  };
  const nodes = [...numbers(0, 2), loop('loop', ['i0', 'i2', 'x'], 'condition', 'outer')];
  const end: TestNode = { name: 'y', op: 'Identity', input: ['loop:2'] };
  // Twice doubled and negated, then once doubled and negated.
  assert.equal(outputsOf([...nodes, end], [condition, body, outer, negate], 'y'), [[8, 16, 24, 32]]);
});

/** TensorFlow 1's form of: `for (count = 0; count < 3; count++) sum = sum + step`. */
const frame = { frame_name: { s: 'f' } };
const loop1: TestNode[] = [
  ...numbers(0, 1, 3),
  { name: 'enter_count', op: 'Enter', input: ['i0'], attr: frame },
  { name: 'enter_sum', op: 'Enter', input: ['x'], attr: frame },
  { name: 'step', op: 'Enter', input: ['x'], attr: { ...frame, is_constant: { b: true } } },
  { name: 'count', op: 'Merge', input: ['enter_count', 'next_count'] },
  { name: 'sum', op: 'Merge', input: ['enter_sum', 'next_sum'] },
  { name: 'less', op: 'Less', input: ['count', 'i3'] },
  { name: 'goes', op: 'LoopCond', input: ['less'] },
  { name: 'switch_count', op: 'Switch', input: ['count', 'goes'] },
  { name: 'switch_sum', op: 'Switch', input: ['sum', 'goes'] },
  { name: 'add_count', op: 'AddV2', input: ['switch_count:1', 'i1'] },
  { name: 'add_sum', op: 'AddV2', input: ['switch_sum:1', 'step'] },
  { name: 'next_count', op: 'NextIteration', input: ['add_count'] },
  { name: 'next_sum', op: 'NextIteration', input: ['add_sum'] },
  { name: 'exit', op: 'Exit', input: ['switch_sum'] },
  { name: 'y', op: 'Neg', input: ['exit'] },
];

test('the loop of Enter, Merge, Switch, NextIteration and Exit', () => {
  assert.equal(outputsOf(loop1, [], 'y'), [[-4, -8, -12, -16]]);
});

test('a loop whose condition depends on the image, one that does not end and one that holds an unknown node are refused by name', () => {
  const until: TestFunction = {
    ...condition,
    results: { goes: 'least:z:0' },
    nodes: [
      { name: 'axes', op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: [0, 1], of: [2] } } },
      { name: 'total', op: 'Sum', input: ['sum', 'axes:output:0'] },
      floats('hundred', [], [100]),
      { name: 'least', op: 'Less', input: ['total:output:0', 'hundred:output:0'] },
    ],
  };
  const odd: TestFunction = {
    ...body,
    results: { next: 'add:z:0', same: 'limit', twice: 'odd:y:0' },
    nodes: [...body.nodes, { name: 'odd', op: 'Unsupported', input: ['sum'] }],
  };
  const endless: TestFunction = { ...body, results: { next: 'count', same: 'limit', twice: 'double:z:0' } };
  const inputs = ['i0', 'i3', 'x'];
  const refused = (cond: TestFunction, of: TestFunction) => {
    const end: TestNode = { name: 'y', op: 'Neg', input: ['loop:2'] };
    return unsupportedOf([...numbers(0, 3), loop('loop', inputs, cond.name, of.name), end], [cond, of]);
  };
  assert.equal(refused(until, body), ['"loop" (While)']);
  assert.equal(refused(condition, odd), ['"loop/body/odd/0" (Unsupported)']);
  assert.equal(refused(condition, { ...endless, nodes: [{ name: 'double', op: 'Identity', input: ['sum'] }] }), [
    '"loop" (While)',
  ]);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
import { inspectTensorFlow, loadTensorFlow } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import {
  bool,
  floats,
  graphWithFunctions,
  int32s,
  placeholder,
  type TestFunction,
  type TestNode,
} from './graph-def.js';

const x = placeholder('x', [-1, 4]);
const fileName = 'model.pb';

/** `sum = a + 10`, `halves = split(a, 2)`, and a node that no result needs. */
const body: TestFunction = {
  name: 'body',
  inputs: ['a'],
  results: { total: 'sum:z:0', second: 'halves:output:1' },
  nodes: [
    floats('ten', [], [10]),
    { name: 'sum', op: 'AddV2', input: ['a', 'ten:output:0'] },
    { name: 'axis', op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: [1], of: [] } } },
    { name: 'halves', op: 'Split', input: ['axis:output:0', 'a'], attr: { num_split: { i: 2 } } },
    { name: 'unused', op: 'Unsupported', input: ['a'] },
  ],
};
const outer: TestFunction = {
  name: 'outer',
  inputs: ['b'],
  results: { result: 'inner:output:1' },
  nodes: [{ name: 'inner', op: 'PartitionedCall', input: ['b', '^ignored'], attr: { f: { func: 'body' } } }],
};

function outputsOf(nodes: readonly TestNode[], functions: readonly TestFunction[], ...names: string[]): number[][] {
  const graph = loadTensorFlow({ bytes: graphWithFunctions([x, ...nodes], functions), fileName });
  const values = interpret(graph, new Map([[0, { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) }]]));
  return names.map((name) => [...values[graph.names[name]!]!.data]);
}

test('a call is its function, results by number, also a call within a call and one by the name of the function', () => {
  const nodes: TestNode[] = [
    { name: 'call', op: 'StatefulPartitionedCall', input: ['x'], attr: { f: { func: 'body' } } },
    { name: 'nested', op: 'PartitionedCall', input: ['x'], attr: { f: { func: 'outer' } } },
    { name: 'legacy', op: 'outer', input: ['call'] },
  ];
  assert.equal(outputsOf(nodes, [body, outer], 'call', 'call:1', 'nested', 'legacy', 'call/sum'), [
    [11, 12, 13, 14],
    [3, 4],
    [3, 4],
    [13, 14],
    [11, 12, 13, 14],
  ]);
});

test('the results of the call are the outputs, not every node of the function', () => {
  const call: TestNode = { name: 'call', op: 'PartitionedCall', input: ['x'], attr: { f: { func: 'body' } } };
  const { graph, unsupported } = inspectTensorFlow({ bytes: graphWithFunctions([x, call], [body]), fileName });
  assert.equal(graph.outputs, [graph.names['call'], graph.names['call:1']]);
  assert.equal(unsupported, []);
});

/** A branch that depends on its argument, and one that does not depend on it. */
const negate: TestFunction = {
  name: 'negate',
  inputs: ['a'],
  results: { out: 'negative:y:0', constant: 'one:output:0' },
  nodes: [{ name: 'negative', op: 'Neg', input: ['a'] }, floats('one', [], [1])],
};
const refuse: TestFunction = {
  name: 'refuse',
  inputs: ['a'],
  results: { out: 'odd:y:0', constant: 'two:output:0' },
  nodes: [{ name: 'odd', op: 'Unsupported', input: ['a'] }, floats('two', [], [2])],
};

for (const op of ['If', 'StatelessIf']) {
  for (const chosen of [true, false]) {
    test(`${op} with the constant ${chosen} is one of its branches; the other need not be known`, () => {
      const branches = chosen ? ['negate', 'refuse'] : ['refuse', 'negate'];
      const nodes: TestNode[] = [
        bool('training', chosen),
        { name: 'learning_phase', op: 'PlaceholderWithDefault', input: ['training'] },
        {
          name: 'cond',
          op,
          input: ['learning_phase', 'x'],
          attr: { then_branch: { func: branches[0]! }, else_branch: { func: branches[1]! } },
        },
        { name: 'y', op: 'Mul', input: ['cond', 'scale'] },
        { name: 'scale', op: 'Neg', input: ['cond:1'] },
      ];
      assert.equal(outputsOf(nodes, [negate, refuse], 'cond', 'y'), [
        [-1, -2, -3, -4],
        [1, 2, 3, 4],
      ]);
    });
  }
}

test('Case is the branch of its number, the last one for a number that is no branch', () => {
  for (const [index, sign] of [
    [0, -1],
    [1, 1],
    [2, -1],
    [-1, -1],
    [7, -1],
  ] as const) {
    const nodes: TestNode[] = [
      int32s('index', [index], []),
      { name: 'case', op: 'Case', input: ['index', 'x'], attr: { branches: { funcs: ['negate', 'same', 'negate'] } } },
      { name: 'y', op: 'Neg', input: ['case'] },
    ];
    const same: TestFunction = { name: 'same', inputs: ['a'], results: { out: 'a', constant: 'a' }, nodes: [] };
    assert.equal(
      outputsOf(nodes, [negate, same], 'y'),
      [[1, 2, 3, 4].map((value) => -sign * value)],
      `branch ${index}`,
    );
  }
});

test('results behind the last one that is read need not be known, also of an If within a call', () => {
  const appended: TestFunction = {
    name: 'appended',
    inputs: ['a'],
    results: { out: 'negative:y:0', kept: 'odd:y:0', reserved: 'norm:reserve_space_3:0' },
    nodes: [
      { name: 'negative', op: 'Neg', input: ['a'] },
      { name: 'odd', op: 'Unsupported', input: ['a'] },
      { name: 'norm', op: 'FusedBatchNormV3', input: ['a', 'a', 'a', 'a', 'a'] },
    ],
  };
  const functions = (name: string) => ({ then_branch: { func: name }, else_branch: { func: name } });
  const around: TestFunction = {
    name: 'around',
    inputs: ['b'],
    results: { out: 'inner:output:0' },
    nodes: [
      bool('inner_training', false),
      { name: 'inner', op: 'If', input: ['inner_training:output:0', 'b'], attr: functions('appended') },
    ],
  };
  const nodes: TestNode[] = [
    bool('training', false),
    { name: 'cond', op: 'If', input: ['training', 'x'], attr: functions('appended') },
    { name: 'y', op: 'Neg', input: ['cond'] },
    { name: 'nested', op: 'PartitionedCall', input: ['x'], attr: { f: { func: 'around' } } },
    { name: 'z', op: 'Neg', input: ['nested'] },
  ];
  const { graph, unsupported } = inspectTensorFlow({
    bytes: graphWithFunctions([x, ...nodes], [appended, around]),
    fileName,
  });
  assert.equal(unsupported, []);
  assert.equal(graph.outputs, [graph.names['y'], graph.names['z']]);
});

test('a function that is missing, and one that calls itself', () => {
  const call = (f: string): TestNode => ({
    name: 'call',
    op: 'PartitionedCall',
    input: ['x'],
    attr: { f: { func: f } },
  });
  const load = (name: string, ...functions: TestFunction[]) =>
    loadTensorFlow({ bytes: graphWithFunctions([x, call(name)], functions), fileName });
  throws(
    () => load('other', body),
    /model.pb: node "call" \(PartitionedCall\): expected "other" in the function library or among the arguments/,
  );
  const endless: TestFunction = {
    name: 'endless',
    inputs: ['a'],
    results: { out: 'again:output:0' },
    nodes: [{ name: 'again', op: 'PartitionedCall', input: ['a'], attr: { f: { func: 'endless' } } }],
  };
  throws(() => load('endless', endless), /expected functions that end, got one that calls itself/);
});

test('functions that each call the next one twice are refused before they fill the memory', () => {
  const call = (name: string, f: string, input: string): TestNode => ({
    name,
    op: 'PartitionedCall',
    input: [input],
    attr: { f: { func: f } },
  });
  const doubling = (depth: number): TestFunction[] =>
    Array.from({ length: depth }, (_, i) => ({
      name: `f${i}`,
      inputs: ['a'],
      results: { out: i === depth - 1 ? 'two:activations:0' : 'two:output:0' },
      nodes:
        i === depth - 1
          ? [{ name: 'two', op: 'Relu', input: ['a'] }]
          : [call('one', `f${i + 1}`, 'a'), call('two', `f${i + 1}`, 'one:output:0')],
    }));
  const load = (depth: number) =>
    loadTensorFlow({ bytes: graphWithFunctions([x, call('call', 'f0', 'x')], doubling(depth)), fileName });
  assert.ok(load(8).nodes.length >= 2 ** 7);
  throws(
    () => load(40),
    /^model.pb: node "[^"]+" \(PartitionedCall\): expected calls of functions that become at most 17680 nodes, got more\. XFDNN_MAX_INLINED raises the limit\.$/,
  );
});

test.run();

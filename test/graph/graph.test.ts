import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  consumers,
  describe,
  type Graph,
  type GraphNode,
  graphValue,
  inputOf,
  outputOf,
  producers,
} from '../../src/graph/graph.js';
import { throws } from '../throws.js';

const node = (name: string, inputs: number[], outputs: number[]): GraphNode => ({
  name,
  op: 'eltwise',
  type: 'Eltwise',
  attrs: {},
  inputs,
  outputs,
  params: [],
  where: '',
});
const nodes = [node('in', [], [0]), node('twice', [0, 0], [1]), node('both', [1, 0], [2])];
const values = [0, 1, 2].map((id) => ({ id, blob: `b${id}`, version: 0, shape: [1, 2], layout: 'NCHW' as const }));
const graph: Graph = { name: 'net', nodes, values, inputs: [0], outputs: [2], names: {} };

test('writers and readers of values; a node that reads a value twice counts twice', () => {
  assert.equal([...producers(graph)], [0, 1, 2]);
  assert.equal(consumers(graph), [[1, 1, 2], [2], []]);
  assert.equal([...producers({ ...graph, nodes: nodes.slice(1) })], [-1, 0, 1]);
});

test('a node is named with its position where it has one', () => {
  assert.is(describe(node('a', [], [])), 'layer "a" (Eltwise)');
  assert.is(describe({ ...node('a', [], []), where: 'net:3:1' }), 'net:3:1: layer "a" (Eltwise)');
});

test('values, inputs and outputs that are not there are errors of ours', () => {
  assert.is(graphValue(graph, 1).blob, 'b1');
  assert.equal([inputOf(node('a', [7, 8], [9])), outputOf(node('a', [7, 8], [9]))], [7, 9]);
  throws(() => graphValue(graph, 3), /^graph: expected value 3, got none\.$/);
  throws(() => inputOf(node('a', [], [1])), /^layer "a" \(Eltwise\): expected an input, got none\.$/);
  throws(() => outputOf(node('a', [1], [])), /^layer "a" \(Eltwise\): expected an output, got none\.$/);
});

test.run();

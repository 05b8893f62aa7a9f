import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph, GraphNode, Value } from '../../src/graph/graph.js';
import { shapesOf } from '../../src/graph/shapes.js';

const value = (id: number, shape: number[], layout: Value['layout']): Value => ({
  id,
  blob: `b${id}`,
  version: 0,
  shape,
  layout,
});
const values = [value(0, [1, 3, 4, 5], 'NHWC'), value(1, [1, 60], 'NCHW')];
const graph: Graph = { name: '', nodes: [], values, inputs: [], outputs: [], names: {} };
const node = (inputs: number[], outputs: number[]): GraphNode => ({
  name: 'a',
  op: 'flatten',
  type: 'Flatten',
  attrs: {},
  inputs,
  outputs,
  params: [],
  where: '',
});

test('sizes of inputs and outputs, and the layout of the output', () => {
  assert.equal(shapesOf(graph, node([0], [1])), { inputs: [[1, 3, 4, 5]], outputs: [[1, 60]], layout: 'NCHW' });
});

test('without an output the layout is that of the input', () => {
  assert.equal(shapesOf(graph, node([0], [])), { inputs: [[1, 3, 4, 5]], outputs: [], layout: 'NHWC' });
});

test.run();

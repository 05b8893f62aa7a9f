import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { trainedThresholds } from '../../src/calibration/trained-thresholds.js';
import type { Graph, GraphNode } from '../../src/graph/graph.js';

const node = (name: string, op: string, attrs: object, inputs: number[], outputs: number[]): GraphNode => ({
  name,
  op,
  type: op,
  attrs: attrs as GraphNode['attrs'],
  inputs,
  outputs,
  params: [],
  where: '',
});

const range = { min: [-2], max: [3], bits: 8, narrow: false };

/** A graph whose first value is an input. */
function graphOf(...nodes: readonly GraphNode[]): Graph {
  const all = [node('data', 'input', { shape: [1, 4] }, [], [0]), ...nodes];
  const count = all.flatMap(({ outputs }) => outputs).length;
  const values = Array.from({ length: count }, (_, id) => ({
    id,
    blob: `${id}`,
    version: 0,
    shape: [1, 4],
    layout: 'NHWC' as const,
  }));
  return { name: '', nodes: all, values, inputs: [0], outputs: [count - 1], names: {} };
}

test('a FakeQuant fixes the threshold of its output, and of its input where it alone reads it', () => {
  const found = trainedThresholds(analyse(graphOf(node('fq', 'fake-quant', range, [0], [1]))));
  assert.equal([...found.keys()], [0, 1]);
  assert.ok(Math.abs(found.get(0)! - 3) < 0.02 && found.get(0) === found.get(1), `${found.get(0)}`);
});

test('a value with another reader is measured', () => {
  const graph = graphOf(node('fq', 'fake-quant', range, [0], [1]), node('r', 'relu', { slope: 0 }, [0], [2]));
  assert.equal([...trainedThresholds(analyse(graph)).keys()], [1]);
});

test.run();

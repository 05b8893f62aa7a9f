import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../../src/caffe/index.js';
import { networkGraph } from '../../../src/report/html/network-graph.js';
import { networkNodes } from '../../../src/report/html/network-nodes.js';
import type { VerifiedLayer } from '../../../src/verification/verification.js';
import { caffemodel, prototxt, weights } from '../../cli/fixtures.js';

const { graph } = { graph: loadCaffe({ prototxt: new TextEncoder().encode(prototxt), weights: caffemodel(weights) }) };
const layer = (name: string, activation: string | null, sqnr: number): VerifiedLayer =>
  ({ name, activation, accumulated: { sqnr } }) as VerifiedLayer;

test('an activation is one node with its layer, edges follow the graph', () => {
  const nodes = networkNodes(graph, [layer('conv1', 'relu1', 20), layer('conv2', null, 5)]);
  const found = nodes.map(({ name, inputs, sqnr }) => [name, inputs, sqnr]);
  assert.equal(found, [
    ['data', [], null],
    ['conv1 + relu1', [0], 20],
    ['pool1', [1], null],
    ['conv2', [2], 5],
    ['fc', [3], null],
  ]);
});

test('edges that pass rows have lanes of their own', () => {
  const node = (inputs: readonly number[]) => ({ name: 'n', type: 't', inputs, sqnr: null });
  const { markup } = networkGraph([node([]), node([0]), node([1, 0]), node([2, 0])]);
  const paths = [...markup.matchAll(/class="edge" d="([^"]+)"/g)].map(([, path]) => path);
  assert.is(paths.length, 5);
  assert.is(new Set(paths).size, 5);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { hostNodes } from '../../src/placement/host-nodes.js';
import { CONVOLUTION, networkOf, POOL } from './networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'conv', CONVOLUTION],
  ['Softmax', 'conv', 'softmax'],
  ['Pooling', 'softmax', 'pool', POOL('AVE')],
  ['Concat', 'pool pool', 'host-only'],
  ['Pooling', 'conv', 'small', POOL('MAX')],
  ['Concat', 'pool small', 'mixed'],
  ['InnerProduct', 'mixed', 'fc', 'inner_product_param { num_output: 3 }'],
]);

const onHost = (present: readonly string[], isHostInput = false): string[] =>
  hostNodes(analyse(graph), new Set(present), () => isHostInput).flatMap((host, index) =>
    host ? [graph.nodes[index]!.name] : [],
  );

test('host layers, weighted layers on request, and layers that read only such results are on the host', () => {
  assert.equal(onHost(['conv']), ['softmax', 'pool', 'host-only', 'fc']);
});

test('an entry brings a layer to the overlay that could do without', () => {
  assert.equal(onHost(['conv', 'fc']), ['softmax', 'pool', 'host-only']);
  assert.equal(onHost(['conv', 'pool']), ['softmax', 'fc']);
  assert.equal(onHost(['conv', 'softmax']), onHost(['conv']), 'a host layer takes no entry');
});

test('a weighted layer that needs an entry is never on the host, with or without it', () => {
  assert.not(onHost([]).includes('conv'));
  assert.equal(onHost([], true), ['data', ...onHost([])]);
});

test.run();

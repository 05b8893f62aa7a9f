import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeLayer, entryLayers, hasParams } from '../../src/placement/entry-layers.js';
import { CONVOLUTION, networkOf, POOL } from './networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'conv', CONVOLUTION],
  ['ReLU', 'conv', 'relu'],
  ['Eltwise', 'conv relu', 'sum'],
  ['Pooling', 'sum', 'max', POOL('MAX')],
  ['Pooling', 'max', 'average', POOL('AVE')],
  ['InnerProduct', 'average', 'fc', 'inner_product_param { num_output: 3 }'],
  ['Softmax', 'average', 'softmax'],
  ['Pooling', 'softmax', 'late', POOL('AVE')],
  ['Eltwise', 'late late', 'late-sum'],
]);

test('the layers that have a place in a scaling file, in network order, and whether they need it', () => {
  const layers = [...entryLayers(graph, new Set(['conv'])).values()];
  assert.equal(
    layers.map(({ node, form, channels, area, need }) => [node.name, form, channels, area, need]),
    [
      ['conv', 'Convolution', 4, 1, 'always'],
      ['sum', 'Eltwise', 1, 1, 'always'],
      ['average', 'AveragePooling', 4, 4, 'pooling'],
      ['fc', 'InnerProduct', 3, 1, 'optional'],
      ['late', 'AveragePooling', 4, 4, 'optional'],
      ['late-sum', 'Eltwise', 1, 1, 'optional'],
    ],
  );
  assert.equal(
    layers.filter(hasParams).map(({ node }) => node.name),
    ['conv', 'fc'],
  );
  assert.is(describeLayer(layers[0]!), 'layer "conv" (Convolution)');
});

test('an input counts as codes also where no entry reads it yet', () => {
  const pooled = networkOf([['Pooling', 'data', 'pool', POOL('AVE')]]);
  assert.is(entryLayers(pooled, new Set()).get('pool')!.need, 'pooling');
});

test.run();

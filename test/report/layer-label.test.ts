import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinedLabel, layerLabel } from '../../src/report/layer-label.js';

test('a layer and what is computed with it, without the path that they have in common', () => {
  assert.is(layerLabel({ name: 'conv1', activation: null }), 'conv1');
  assert.is(layerLabel({ name: 'conv1', activation: 'conv1/relu' }), 'conv1 + relu');
  assert.is(layerLabel({ name: 'inc/1x1', activation: 'inc/relu_1x1' }), 'inc/1x1 + relu_1x1');
  assert.is(layerLabel({ name: 'conv1', activation: 'relu1' }), 'conv1 + relu1');
  assert.is(joinedLabel('a/conv', ['a/conv/bn', 'a/relu']), 'a/conv + bn + relu');
});

test.run();

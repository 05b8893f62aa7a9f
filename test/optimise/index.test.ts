import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optimise } from '../../src/optimise/index.js';
import { convolution, layer, namesOf, network } from './graphs.js';

test('unused nodes and copies go first, so that a batch norm behind a Dropout folds', () => {
  const graph = network(
    convolution('a', 'data') +
      layer('Dropout', 'drop', 'a') +
      layer('BatchNorm', 'bn', 'drop') +
      layer('ReLU', 'relu', 'bn') +
      convolution('unused', 'a'),
  );
  const wanted = { ...graph, outputs: [graph.names['relu'] ?? -1] };
  const { graph: result, chains } = optimise(wanted);
  assert.is(namesOf(result), 'data a relu');
  assert.equal(chains, [{ nodes: ['bn'], into: 'a' }]);
});

test('an output is not folded away', () => {
  const graph = network(convolution('a', 'data') + layer('BatchNorm', 'bn', 'a'));
  const { graph: result } = optimise({ ...graph, outputs: ['a', 'bn'].map((name) => graph.names[name] ?? -1) });
  assert.is(namesOf(result), 'data a bn');
});

test.run();

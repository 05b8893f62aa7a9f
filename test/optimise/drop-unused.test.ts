import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropUnused } from '../../src/optimise/drop-unused.js';
import { convolution, layer, namesOf, network } from './graphs.js';

const graph = network(
  convolution('a', 'data') + layer('ReLU', 'relu', 'a') + convolution('b', 'a') + layer('Sigmoid', 'sigmoid', 'b'),
);

test('the wanted values keep their ancestors in network order, nothing else', () => {
  assert.is(namesOf(dropUnused(graph, [graph.names['b'] ?? -1])), 'data a b');
  assert.is(namesOf(dropUnused(graph, [graph.names['relu'] ?? -1, graph.names['a'] ?? -1])), 'data a relu');
});

test('the outputs of the graph are wanted by default, and inputs stay even when nothing reads them', () => {
  assert.is(namesOf(dropUnused(graph)), namesOf(graph));
  const two = network(
    'layer { name: "other" type: "Input" top: "other" input_param { shape { dim: [1, 2] } } }' +
      convolution('a', 'data') +
      layer('ReLU', 'relu', 'other'),
  );
  assert.is(namesOf(dropUnused(two, [two.names['a'] ?? -1])), 'data other a');
});

test('names of dropped values are gone', () => {
  assert.equal(Object.keys(dropUnused(graph, [graph.names['a'] ?? -1]).names).sort(), ['a', 'data']);
});

test.run();

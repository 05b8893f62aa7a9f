import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropIdentities, originals } from '../../src/optimise/drop-identities.js';
import { convolution, layer, namesOf, network, readsOf } from './graphs.js';

const split = 'layer { name: "split" type: "Split" bottom: "data" top: "left" top: "right" }';

test('readers of a copy read the original, through any number of copies', () => {
  const graph = network(
    split + layer('Dropout', 'drop', 'left') + convolution('a', 'drop') + convolution('b', 'right'),
  );
  const plain = dropIdentities(graph);
  assert.is(namesOf(graph), 'data split drop a b');
  assert.is(namesOf(plain), 'data a b');
  assert.equal(readsOf(plain), { data: '', a: 'data', b: 'data' });
  assert.equal(
    originals(
      graph,
      ['drop', 'right', 'a'].map((name) => graph.names[name] ?? -1),
    ),
    ['data', 'data', 'a'].map((name) => graph.names[name]),
  );
});

test('an output that is a copy becomes the original, once', () => {
  const graph = network(convolution('a', 'data') + layer('Dropout', 'drop', 'a') + layer('ReLU', 'relu', 'drop'));
  const wanted = { ...graph, outputs: ['a', 'drop'].map((name) => graph.names[name] ?? -1) };
  const plain = dropIdentities(wanted);
  assert.equal(plain.outputs, [graph.names['a']]);
  assert.is(plain.names['drop'], graph.names['a']);
});

test('a graph without copies is returned as it is', () => {
  const graph = network(convolution('a', 'data'));
  assert.is(dropIdentities(graph), graph);
});

test.run();

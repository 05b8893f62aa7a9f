import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FoldableGraph } from '../../src/optimise/foldable-graph.js';
import { layer, network } from './graphs.js';

const graph = network(layer('ReLU', 'a', 'data') + layer('ReLU', 'b', 'a') + layer('ReLU', 'c', 'a'));
const id = (name: string): number => graph.names[name] ?? -1;

test('a value has a sole reader unless several nodes read it or it is kept', () => {
  const foldable = new FoldableGraph(graph, new Set());
  assert.is(foldable.soleReader(id('data')), 1);
  assert.is(foldable.soleReader(id('a')), undefined);
  assert.is(foldable.soleReader(id('c')), undefined);
  assert.is(new FoldableGraph(graph, new Set([id('data')])).soleReader(id('data')), undefined);
});

test('removing and putting nodes changes readers and writers', () => {
  const foldable = new FoldableGraph(graph, new Set());
  const a = foldable.node(1);
  assert.is(a?.name, 'a');
  foldable.remove(3);
  assert.is(foldable.soleReader(id('a')), 2);
  assert.is(foldable.writer(id('c')), undefined);
  foldable.remove(1);
  assert.is(foldable.soleReader(id('data')), undefined);
  foldable.put(3, { ...graph.nodes[1], ...a, name: 'd' } as NonNullable<typeof a>);
  assert.is(foldable.writer(id('a')), 3);
  assert.is(foldable.soleReader(id('data')), 3);
  assert.equal(
    foldable.nodes.map(({ name }) => name),
    ['data', 'b', 'd'],
  );
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rewrite } from '../../src/optimise/rewrite.js';
import { layer, namesOf, network } from './graphs.js';

test('a chain of aliases is followed to its end for inputs, outputs and names', () => {
  const graph = network(
    layer('ReLU', 'a', 'data') + layer('ReLU', 'b', 'a') + layer('ReLU', 'c', 'b') + layer('ReLU', 'd', 'c'),
  );
  const id = (name: string): number => graph.names[name] ?? -1;
  const kept = graph.nodes.filter(({ name }) => name === 'data' || name === 'd');
  const aliases = new Map([
    [id('c'), id('b')],
    [id('b'), id('a')],
    [id('a'), id('data')],
  ]);
  const result = rewrite({ ...graph, outputs: [id('c'), id('b'), id('d')] }, kept, aliases);
  assert.is(namesOf(result), 'data d');
  assert.equal(result.nodes[1]?.inputs, [id('data')]);
  assert.equal(result.outputs, [id('data'), id('d')]);
  assert.equal(result.names, { data: id('data'), a: id('data'), b: id('data'), c: id('data'), d: id('d') });
  assert.is(result.values, graph.values);
});

test('a chain of 100,000 aliases is followed', () => {
  const graph = network(layer('ReLU', 'a', 'data'));
  const aliases = new Map(Array.from({ length: 100_000 }, (_, index) => [index + 2, index + 1] as const));
  const result = rewrite({ ...graph, outputs: [100_001, 50_000] }, graph.nodes, aliases);
  assert.equal(result.outputs, [1]);
});

test.run();

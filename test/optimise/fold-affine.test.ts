import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Graph, graphValue } from '../../src/graph/graph.js';
import { foldAffine } from '../../src/optimise/fold-affine.js';
import { interpret } from '../../src/runtime/interpret.js';
import { throws } from '../throws.js';
import { convolution, layer, namesOf, network } from './graphs.js';

const scale = (name: string, bottom: string): string => layer('Scale', name, bottom, 'scale_param { bias_term: true }');

/** The network's outputs for one fixed input. */
function outputsOf(graph: Graph): number[] {
  const [input = -1] = graph.inputs;
  const data = Float32Array.from({ length: 48 }, (_, index) => ((index * 37) % 23) - 11);
  const values = interpret(graph, new Map([[input, { shape: graphValue(graph, input).shape, data }]]));
  return graph.outputs.flatMap((id) => [...(values[id]?.data ?? [])]);
}

function expectSameValues(graph: Graph, folded: Graph): void {
  const [expected, actual] = [outputsOf(graph), outputsOf(folded)];
  const largest = Math.max(...expected.map(Math.abs));
  assert.is(actual.length, expected.length);
  for (const [index, value] of expected.entries())
    assert.ok(Math.abs(value - (actual[index] ?? NaN)) < 1e-5 * largest, `element ${index}: ${actual[index]}`);
}

test('batch norm and Scale fold into the convolution before, which writes the value of the last of them', () => {
  const graph = network(convolution('a', 'data') + layer('BatchNorm', 'bn', 'a') + scale('sc', 'bn'));
  const { graph: folded, chains } = foldAffine(graph, new Set(graph.outputs));
  assert.equal(chains, [{ nodes: ['bn', 'sc'], into: 'a' }]);
  assert.is(namesOf(folded), 'data a');
  assert.equal(folded.nodes[1]?.outputs, graph.outputs);
  expectSameValues(graph, folded);
});

test('a batch norm folds into the convolution behind, where none is before', () => {
  const graph = network(layer('BatchNorm', 'bn', 'data') + convolution('a', 'bn'));
  const { graph: folded, chains } = foldAffine(graph, new Set(graph.outputs));
  assert.equal(chains, [{ nodes: ['bn'], into: 'a' }]);
  assert.is(namesOf(folded), 'data a');
  expectSameValues(graph, folded);
});

test('a chain without a weighted neighbour becomes one Scale under the name of its last node', () => {
  const graph = network(layer('ReLU', 'r', 'data') + layer('BatchNorm', 'bn', 'r') + scale('sc', 'bn'));
  const { graph: folded, chains } = foldAffine(graph, new Set(graph.outputs));
  assert.equal(chains, [{ nodes: ['bn', 'sc'], into: null }]);
  assert.is(namesOf(folded), 'data r sc');
  assert.is(folded.nodes[2]?.op, 'scale');
  expectSameValues(graph, folded);
});

test('a value that is kept or read twice is a border of the fold', () => {
  const text = convolution('a', 'data') + layer('BatchNorm', 'bn', 'a');
  const kept = network(text);
  assert.equal(foldAffine(kept, new Set([kept.names['a'] ?? -1])).chains, [{ nodes: ['bn'], into: null }]);
  const branched = network(text + layer('ReLU', 'r', 'a'));
  assert.equal(foldAffine(branched).chains, [{ nodes: ['bn'], into: null }]);
});

test('a Scale by itself, and a second Scale of a chain, stay layers of their own', () => {
  const alone = network(convolution('a', 'data') + scale('sc', 'a'));
  assert.is(foldAffine(alone).graph, alone);
  const second = network(
    convolution('a', 'data') + layer('BatchNorm', 'bn', 'a') + scale('s1', 'bn') + scale('s2', 's1'),
  );
  const { graph: folded, chains } = foldAffine(second, new Set(second.outputs));
  assert.equal(chains, [{ nodes: ['bn', 's1'], into: 'a' }]);
  assert.is(namesOf(folded), 'data a s2');
});

test('a map that is not finite is named with its own layer', () => {
  const graph = network(convolution('a', 'data') + layer('BatchNorm', 'bn', 'a'));
  const spoilt = {
    ...graph,
    nodes: graph.nodes.map((node) =>
      node.name === 'bn'
        ? {
            ...node,
            params: node.params.map(({ shape, data }) => ({ shape, data: new Float32Array(data.length).fill(NaN) })),
          }
        : node,
    ),
  };
  throws(
    () => foldAffine(spoilt),
    /^prototxt:1:\d+: layer "bn" \(BatchNorm\): expected a finite factor and offset for every channel, got .* for channel 0\. Check the weight file: a value may be NaN, or a variance negative\.$/,
  );
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { LayerWidths } from '../../src/calibration/layer-widths.js';
import type { BitWidth } from '../../src/fixed/grid.js';
import { optimise } from '../../src/optimise/index.js';
import { concat, convolution, eltwise, innerProduct, maxPooling, networkOf, relu, sigmoid, widths } from './plans.js';

type Named = Readonly<Record<string, BitWidth>>;

/** The widths of the values of a network by the layers that write them, and of what layers read where that is another. */
function widthsOf(
  layers: readonly string[],
  named: Named,
  base = widths as { input: BitWidth; params: BitWidth; output: BitWidth },
): string {
  const { graph } = optimise(networkOf(...layers));
  const network = analyse(graph);
  const indices = new Map(Object.entries(named).map(([name, bits]) => [network.indexOf(name)!, bits]));
  const found = new LayerWidths(network, { widths: base, named: indices });
  return graph.nodes
    .map((node, index) => {
      const { kind } = network.rule(index);
      const reads = kind === 'weighted' || kind === 'eltwise' ? `${found.input(index)}>` : '';
      return `${node.name} ${reads}${found.value(network.output(index))}`;
    })
    .join(', ');
}

test("a layer's output has the width that its reader wants, behind layers that pass codes on", () => {
  const chain = [
    convolution('a', 'data'),
    relu('r', 'a'),
    maxPooling('p', 'r'),
    convolution('b', 'p'),
    convolution('c', 'b'),
  ];
  assert.is(widthsOf(chain, { b: 16 }), 'data 8, a 8>16, r 16, p 16, b 16>8, c 8>8');
  assert.is(widthsOf(chain, { a: 16 }), 'data 16, a 16>8, r 8, p 8, b 8>8, c 8>8');
  assert.is(
    widthsOf(chain, { a: 8 }, { input: 16, params: 16, output: 16 }),
    'data 8, a 8>16, r 16, p 16, b 16>16, c 16>16',
  );
});

test('a Concat and an Eltwise that is not named have one width for operands and result', () => {
  const branches = [convolution('a', 'data'), convolution('b', 'data')];
  assert.is(
    widthsOf([...branches, concat('join', 'a', 'b'), convolution('c', 'join')], { c: 16 }),
    'data 8, a 8>16, b 8>16, join 16, c 16>8',
  );
  assert.is(
    widthsOf([...branches, eltwise('sum', 'a', 'b'), convolution('c', 'sum')], { c: 16 }),
    'data 8, a 8>16, b 8>16, sum 16>16, c 16>8',
  );
  assert.is(
    widthsOf([...branches, eltwise('sum', 'a', 'b'), convolution('c', 'sum')], { sum: 16 }),
    'data 8, a 8>16, b 8>16, sum 16>8, c 8>8',
  );
});

test('of readers that want different widths the larger counts; for what comes from outside the first', () => {
  assert.is(
    widthsOf([convolution('a', 'data'), convolution('b', 'a'), convolution('c', 'a')], { c: 16 }),
    'data 8, a 8>16, b 8>8, c 16>8',
  );
  assert.is(widthsOf([convolution('a', 'data'), convolution('b', 'data')], { b: 16 }), 'data 8, a 8>8, b 16>8');
  assert.is(
    widthsOf([convolution('a', 'data'), sigmoid('s', 'a'), convolution('b', 's'), convolution('c', 's')], { b: 16 }),
    'data 8, a 8>8, s 16, b 16>8, c 8>8',
  );
});

test('the host reads any width: layers of it, and inner products without an entry', () => {
  const both = [convolution('a', 'data'), convolution('b', 'a'), sigmoid('s', 'a')];
  assert.is(widthsOf(both, { b: 16 }), 'data 8, a 8>16, b 16>8, s 8');
  assert.is(
    widthsOf([convolution('a', 'data'), convolution('b', 'a'), innerProduct('fc', 'a')], { b: 16 }),
    'data 8, a 8>16, b 16>8, fc 16>8',
  );
});

test('where no layer is named, widths are those of the flag', () => {
  const layers = [
    convolution('a', 'data'),
    maxPooling('p', 'data'),
    concat('join', 'a', 'p'),
    convolution('b', 'join'),
  ];
  assert.is(widthsOf(layers, {}, { input: 8, params: 8, output: 16 }), 'data 8, a 8>16, p 8, join 16, b 16>16');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { LayerWidths } from '../../src/calibration/layer-widths.js';
import { withFloatLayers } from '../../src/graph/float-layers.js';
import { optimise } from '../../src/optimise/index.js';
import {
  averagePooling,
  concat,
  convolution,
  eltwise,
  innerProduct,
  lrn,
  maxPooling,
  NamedPlan,
  networkOf,
  planOf,
  relu,
  reluInPlace,
  reshape,
  sigmoid,
  widths,
} from './plans.js';

test('a layer reads codes on the threshold of the layer before it', () => {
  const plan = planOf([convolution('a', 'data'), convolution('b', 'a')]);
  assert.equal(plan.entries, { a: ['data', 'a'], b: ['a', 'b'] });
  assert.equal(plan.reads('b', 'weighted'), ['a@a']);
  assert.equal(plan.roundings('a'), ['a to a']);
});

test('an activation in place is computed with its layer, whose threshold is measured after it', () => {
  const plan = planOf([convolution('a', 'data'), reluInPlace('r', 'a'), convolution('b', 'a')]);
  assert.equal(plan.entries, { a: ['data', 'r'], b: ['r', 'b'] });
  assert.equal(plan.reads('r', 'float'), []);
  assert.equal(plan.plan.thresholds.filter(({ from }) => from === 'measured').length, 3);
});

test('an activation that is the only reader is computed with its layer though it is not in place', () => {
  const plan = planOf([convolution('a', 'data'), relu('r', 'a'), convolution('b', 'r')]);
  assert.equal(plan.entries, { a: ['data', 'r'], b: ['r', 'b'] });
});

test('an activation beside another reader computes on unrounded values, and the layer keeps its own threshold', () => {
  const plan = planOf([convolution('a', 'data'), relu('r', 'a'), convolution('b', 'r'), convolution('c', 'a')]);
  assert.equal(plan.entries, { a: ['data', 'a'], b: ['r', 'b'], c: ['a', 'c'] });
  assert.equal(plan.reads('r', 'float'), ['a']);
});

test('an activation after a Pooling computes on the pooled codes and replaces the threshold of an entry of the Pooling only', () => {
  const plan = planOf([
    convolution('a', 'data'),
    averagePooling('p', 'a'),
    reluInPlace('r', 'p'),
    convolution('b', 'p'),
  ]);
  assert.equal(plan.entries, { a: ['data', 'a'], p: ['a', 'r'], b: ['r', 'b'] });
  assert.equal(plan.reads('r', 'float'), ['p@a']);
});

test('an LRN passes the threshold through; an activation after it computes on the unrounded result', () => {
  const plan = planOf([convolution('a', 'data'), lrn('n', 'a'), reluInPlace('r', 'n'), convolution('b', 'n')]);
  assert.equal(plan.entries, { a: ['data', 'a'], b: ['r', 'b'] });
  assert.equal(plan.reads('n', 'float'), ['a@a']);
  assert.equal(plan.reads('r', 'float'), ['n']);
  const bare = planOf([convolution('a', 'data'), lrn('n', 'a'), convolution('b', 'n')]);
  assert.equal(bare.entries, { a: ['data', 'a'], b: ['a', 'b'] });
  assert.equal(bare.roundings('n'), ['n to a']);
});

test('Pooling and shape-only layers pass codes and threshold through', () => {
  const plan = planOf([convolution('a', 'data'), maxPooling('p', 'a'), reshape('s', 'p'), convolution('b', 's')]);
  assert.equal(plan.entries, { a: ['data', 'a'], b: ['a', 'b'] });
  assert.equal(
    [plan.reads('p', 'pool'), plan.reads('s', 'move'), plan.reads('b', 'weighted')],
    [['a@a'], ['p@a'], ['s@a']],
  );
});

test('a shape-only layer at the end is not computed', () => {
  const plan = planOf([convolution('a', 'data'), reshape('s', 'a')]);
  assert.equal(plan.reads('s', 'move'), []);
  assert.equal(plan.roundings('a'), []);
  assert.equal(plan.entries, { a: ['data', 'a'] });
});

test('the threshold of a Concat is measured on its unrounded operands together and written back through activations', () => {
  const plan = planOf([
    convolution('a', 'data'),
    reluInPlace('r', 'a'),
    convolution('b', 'data'),
    concat('both', 'a', 'b'),
    convolution('c', 'both'),
  ]);
  assert.equal(plan.entries, { a: ['data', 'r + b'], b: ['data', 'r + b'], c: ['r + b', 'c'] });
  assert.equal(plan.reads('both', 'concat'), ['r', 'b']);
  assert.equal(
    [plan.roundings('a'), plan.roundings('r'), plan.roundings('b')],
    [[], [], []],
    'no operand is rounded alone',
  );
});

test('a Concat measures and rounds again the codes of a Pooling, and writes back to it alone unless Concats are unified', () => {
  const layers = [
    convolution('a', 'data'),
    averagePooling('p', 'a'),
    convolution('b', 'data'),
    concat('both', 'p', 'b'),
    convolution('c', 'both'),
  ];
  const plan = planOf(layers);
  assert.equal(plan.entries, {
    a: ['data', 'a'],
    p: ['a', 'p@a + b'],
    b: ['data', 'p@a + b'],
    c: ['p@a + b', 'c'],
  });
  const unified = planOf(layers, { unifyConcat: true });
  assert.equal(unified.entries['a'], ['data', 'p@a + b']);
  assert.equal(unified.entries['p'], ['a', 'p@a + b']);
});

test('an outer Concat measures the unrounded result of an inner one, and writes back through it only where Concats are unified', () => {
  const layers = [
    convolution('a', 'data'),
    convolution('b', 'data'),
    concat('inner', 'a', 'b'),
    convolution('c', 'data'),
    concat('outer', 'inner', 'c'),
    convolution('d', 'outer'),
  ];
  const plan = planOf(layers);
  assert.equal(plan.entries['a'], ['data', 'a + b']);
  assert.equal(plan.entries['c'], ['data', 'inner + c']);
  assert.equal(plan.entries['d'], ['inner + c', 'd']);
  assert.equal(plan.reads('inner', 'float'), ['a', 'b']);
  const unified = planOf(layers, { unifyConcat: true });
  assert.equal(unified.entries['a'], ['data', 'inner + c']);
});

test('a Concat sees through shape-only layers', () => {
  const plan = planOf([
    convolution('a', 'data'),
    reshape('s', 'a'),
    convolution('b', 'data'),
    concat('both', 's', 'b'),
    convolution('c', 'both'),
  ]);
  assert.equal(plan.entries['a'], ['data', 's + b']);
  assert.equal(plan.reads('s', 'move'), ['a'], 'unrounded elements are moved');
});

test('a reader before a Concat keeps the threshold it was measured with; one after it reads values rounded anew', () => {
  const plan = planOf([
    convolution('a', 'data'),
    convolution('early', 'a'),
    convolution('b', 'data'),
    concat('both', 'a', 'b'),
    convolution('late', 'a'),
    convolution('c', 'both'),
  ]);
  assert.equal(plan.entries['early'], ['a', 'early']);
  assert.equal(plan.entries['late'], ['a + b', 'late']);
  assert.equal(plan.entries['a'], ['data', 'a + b']);
  assert.equal(plan.roundings('a'), ['a to a', 'a to a + b']);
});

test('after a Concat an activation of pooled codes computes on the codes it had before', () => {
  const plan = planOf([
    convolution('a', 'data'),
    maxPooling('p', 'a'),
    convolution('b', 'data'),
    concat('both', 'p', 'b'),
    relu('r', 'p'),
    convolution('late', 'p'),
    convolution('c', 'both'),
  ]);
  assert.equal(plan.reads('r', 'float'), ['p@a']);
  assert.equal(plan.reads('late', 'weighted'), ['p@p@a + b']);
  assert.equal(plan.roundings('p'), ['p@a to p@a + b']);
});

test('operands of an Eltwise are rounded again to the largest of their thresholds', () => {
  const plan = planOf([
    convolution('a', 'data'),
    convolution('b', 'data'),
    eltwise('sum', 'a', 'b'),
    convolution('c', 'sum'),
  ]);
  assert.equal(plan.entries['sum'], ['max(a, b)', 'max(a, b)']);
  assert.equal(plan.entries['c'], ['max(a, b)', 'c']);
  assert.equal(plan.reads('sum', 'eltwise'), ['a@a', 'b@b']);
  const activated = planOf([
    convolution('a', 'data'),
    eltwise('sum', 'a', 'data'),
    reluInPlace('r', 'sum'),
    convolution('c', 'sum'),
  ]);
  assert.equal(activated.entries['sum'], ['max(a, data)', 'r']);
  assert.equal(activated.reads('r', 'float'), ['sum'], 'on the unrounded sum');
});

test('values of host layers have no threshold until a quantized layer reads them', () => {
  const plan = planOf([
    convolution('a', 'data'),
    sigmoid('h', 'a'),
    lrn('n', 'h'),
    maxPooling('p', 'n'),
    convolution('b', 'p'),
  ]);
  assert.equal(plan.reads('h', 'float'), ['a@a']);
  assert.equal(plan.reads('n', 'float'), ['h']);
  assert.equal(plan.reads('p', 'float'), ['n'], 'Pooling below a host layer stays in float');
  assert.equal(plan.entries['b'], ['p', 'b']);
});

test('a Concat or Eltwise of host values is a host layer; in a mixed one host values get a threshold first', () => {
  const host = planOf([
    sigmoid('g', 'data'),
    sigmoid('h', 'data'),
    concat('both', 'g', 'h'),
    eltwise('sum', 'both', 'both'),
  ]);
  assert.equal(host.entries, {});
  assert.equal(host.reads('both', 'float'), ['g', 'h']);
  const mixed = planOf([
    sigmoid('h', 'data'),
    convolution('a', 'data'),
    concat('both', 'h', 'a'),
    convolution('b', 'both'),
  ]);
  assert.equal(mixed.entries['a'], ['data', 'h + a']);
  assert.equal(mixed.searches.flat().includes('h'), false, 'the host operand takes the threshold of the Concat');
  const sum = planOf([sigmoid('h', 'data'), convolution('a', 'data'), eltwise('sum', 'h', 'a')]);
  assert.equal(sum.entries['sum'], ['max(h, a)', 'max(h, a)']);
});

test('a value with several readers is rounded once', () => {
  const plan = planOf([convolution('a', 'data'), convolution('b', 'a'), convolution('c', 'a'), maxPooling('p', 'a')]);
  assert.equal(plan.roundings('a'), ['a to a']);
});

test('thresholds that no entry and no step uses are not searched', () => {
  const plan = planOf([convolution('a', 'data'), convolution('b', 'data'), concat('both', 'a', 'b')]);
  assert.equal(plan.searches.flat().sort(), ['a + b', 'data']);
});

test('inner products are planned as entries; whether they are written is decided later', () => {
  assert.equal(
    planOf([innerProduct('fc', 'data')]).plan.entries.map(({ form }) => form),
    ['InnerProduct'],
  );
});

test('widths: the input, hosts and Eltwise take theirs, codes pass on the width they have', () => {
  const plan = planOf([convolution('a', 'data'), averagePooling('p', 'a'), eltwise('sum', 'p', 'data')], {
    widths: { input: 8, params: 16, output: 16 },
  });
  assert.equal(
    plan.plan.entries.map(({ name, bw_layer_in, bw_params, bw_layer_out }) => [
      name,
      bw_layer_in,
      bw_params,
      bw_layer_out,
    ]),
    [
      ['a', 8, 16, 16],
      ['p', 16, 0, 16],
      ['sum', 16, 0, 16],
    ],
  );
});

test('a plan is plain data and the same every time', () => {
  const layers = [convolution('a', 'data'), convolution('b', 'a'), concat('both', 'a', 'b')];
  const { plan } = planOf(layers);
  assert.equal(JSON.parse(JSON.stringify(plan)), plan);
  assert.equal(planOf(layers).plan, plan);
});

/** The plan of a network in which layers are named: their widths, or that they run in float32. */
function planWith(
  layers: readonly string[],
  bits: Readonly<Record<string, 8 | 16>>,
  float: readonly string[] = [],
): NamedPlan {
  const { graph } = optimise(withFloatLayers(networkOf(...layers), float));
  const network = analyse(graph);
  const named = new Map(Object.entries(bits).map(([name, width]) => [network.indexOf(name)!, width]));
  return new NamedPlan(graph, undefined, { layerWidths: new LayerWidths(network, { widths, named }) });
}

test('a reader of another width has a threshold of its own, found with its width, and reads the codes rounded again', () => {
  const branches = [convolution('a', 'data'), convolution('b', 'a'), convolution('c', 'a'), convolution('d', 'a')];
  const { plan } = planWith(branches, { c: 16 });
  const entry = (name: string) => plan.entries.find((each) => each.name === name)!;
  assert.equal([entry('a').bw_layer_out, entry('b').bw_layer_in, entry('c').bw_layer_in], [16, 8, 16]);
  const bitsOf = (id: number) => (plan.thresholds[id] as { bits: number }).bits;
  assert.equal([entry('a').th_layer_out, entry('b').th_layer_in].map(bitsOf), [16, 8]);
  assert.is(entry('c').th_layer_in, entry('a').th_layer_out);
  assert.is(entry('d').th_layer_in, entry('b').th_layer_in, 'once for all of that width');
});

test('pooled codes, which have no raw form, are measured and rounded again as they are', () => {
  const layers = [convolution('a', 'data'), maxPooling('p', 'a'), convolution('b', 'p'), convolution('c', 'p')];
  const plan = planWith(layers, { c: 16 });
  assert.equal(plan.entries['b'], ['p@a', 'b']);
  assert.equal(plan.roundings('p'), ['p@a to p@a']);
});

test('float layers compute on what was rounded before them, and a network input that they alone read is not rounded', () => {
  const layers = [
    convolution('a', 'data'),
    relu('r', 'a'),
    convolution('b', 'r'),
    maxPooling('p', 'b'),
    convolution('c', 'p'),
  ];
  const plan = planWith(layers, {}, ['a', 'p']);
  assert.equal(plan.entries, { b: ['r', 'b'], c: ['p', 'c'] });
  assert.equal(
    [plan.reads('a', 'float'), plan.reads('r', 'float'), plan.reads('p', 'float')],
    [['data'], ['a'], ['b@b']],
  );
  assert.equal(plan.roundings('data'), []);
  const beside = planWith([...layers, convolution('other', 'data')], {}, ['a']);
  assert.equal(beside.reads('a', 'float'), ['data@data']);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanOptions } from '../../src/calibration/plan.js';
import { planReference } from '../../src/calibration/plan-reference.js';
import { concat, convolution, innerProduct, layer, maxPooling, NamedPlan, networkOf, relu, widths } from './plans.js';

function planOf(layers: readonly string[], options: Partial<PlanOptions> = {}): NamedPlan {
  const graph = networkOf(...layers);
  return new NamedPlan(graph, planReference(graph, { widths, ...options }));
}

test('each convolution is measured at its input and its raw output, and every layer computes in float32', () => {
  const plan = planOf([convolution('a', 'data'), relu('r', 'a'), maxPooling('p', 'r'), convolution('b', 'p')]);
  assert.equal(plan.entries, { a: ['data', 'a'], b: ['p', 'b'] });
  assert.equal(
    plan.steps.map((step) => step.do),
    ['input', 'float', 'float', 'float', 'float'],
  );
});

test('a layer without an entry is not measured', () => {
  const scale = layer('Scale');
  assert.equal(planOf([scale('s', 'data'), convolution('a', 's')]).entries, { a: ['s', 'a'] });
});

test('the threshold of a Concat becomes th_layer_out of the nearest convolution behind each operand, and nothing else', () => {
  const plan = planOf([
    convolution('a', 'data'),
    relu('r', 'a'),
    maxPooling('p', 'r'),
    convolution('b', 'data'),
    concat('both', 'p', 'b'),
    convolution('c', 'both'),
  ]);
  assert.equal(plan.entries, { a: ['data', 'both'], b: ['data', 'both'], c: ['both', 'c'] });
});

test('of several Concats the last one decides', () => {
  const plan = planOf([
    convolution('a', 'data'),
    convolution('b', 'data'),
    concat('first', 'a', 'b'),
    concat('second', 'first', 'b'),
  ]);
  assert.equal(plan.entries['a'], ['data', 'second']);
  assert.equal(plan.entries['b'], ['data', 'second']);
});

test('a Concat is written back to an inner product only where inner products have entries', () => {
  const layers = [convolution('a', 'data'), innerProduct('fc', 'a'), concat('both', 'fc', 'fc')];
  assert.equal(planOf(layers).entries, { a: ['data', 'both'], fc: ['a', 'fc'] });
  assert.equal(planOf(layers, { includeInnerProduct: true }).entries, { a: ['data', 'a'], fc: ['a', 'both'] });
});

test('a value that several layers read is measured once for each width', () => {
  const layers = [convolution('a', 'data'), convolution('b', 'a'), convolution('c', 'a')];
  assert.equal(
    planOf(layers)
      .searches.flat()
      .filter((name) => name === 'a').length,
    1,
  );
  const mixed = planOf(layers, { widths: { input: 16, params: 8, output: 8 } });
  assert.equal(mixed.searches.flat().filter((name) => name === 'a').length, 2);
});

test('a value is released before layers that do not read it are computed', () => {
  const plan = planOf([convolution('a', 'data'), relu('r', 'a'), relu('s', 'r'), relu('t', 's')]);
  const [a] = plan.graph.nodes.filter(({ name }) => name === 'a').flatMap(({ outputs }) => outputs);
  const steps = plan.plan.stages.flatMap((stage) => stage.steps);
  const freed = steps.findIndex((step) => step.do === 'free' && step.forms.some(({ value }) => value === a));
  const later = steps.findIndex((step) => step.do === 'float' && plan.graph.nodes[step.node]!.name === 's');
  assert.ok(freed > 0 && freed < later, `released at ${freed}, next layer at ${later}`);
});

test.run();

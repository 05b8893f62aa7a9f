import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  concat,
  convolution,
  eltwise,
  maxPooling,
  type NamedPlan,
  planOf,
  relu,
  reluInPlace,
  sigmoid,
} from './plans.js';

/** The layers that are computed in each stage, in its order; stages that compute nothing left out. */
function stagesOf({ plan, graph }: NamedPlan): string[][] {
  const stages = plan.stages.map(({ steps }) =>
    steps.flatMap((step) => (step.do === 'free' || step.do === 'round' ? [] : [graph.nodes[step.node]!.name])),
  );
  return stages.filter((names) => names.length > 0);
}

test('the branches of an inception are computed level by level', () => {
  const plan = planOf([
    convolution('one', 'data'),
    convolution('reduce', 'data'),
    reluInPlace('reduced', 'reduce'),
    convolution('three', 'reduce'),
    maxPooling('pool', 'data'),
    convolution('project', 'pool'),
    concat('all', 'one', 'three', 'project'),
    convolution('next', 'all'),
  ]);
  assert.equal(stagesOf(plan), [['data'], ['one', 'reduce', 'pool', 'project'], ['three'], ['all', 'next']]);
  assert.equal(plan.searches, [[], ['data'], ['reduced'], ['one + three + project'], ['next']]);
});

test('no layer moves past a layer of another kind', () => {
  const plan = planOf([
    convolution('a', 'data'),
    convolution('b', 'data'),
    eltwise('sum', 'a', 'b'),
    convolution('c', 'data'),
    convolution('d', 'data'),
  ]);
  assert.equal(stagesOf(plan), [['data'], ['a', 'b'], ['sum', 'c', 'd']]);
});

test('layers that need no new threshold share a stage', () => {
  const plan = planOf([sigmoid('g', 'data'), sigmoid('h', 'g'), convolution('a', 'h'), convolution('b', 'a')]);
  assert.equal(stagesOf(plan), [['data'], ['g', 'h'], ['a'], ['b']]);
});

test('a threshold is searched before the stage that needs it, together with the others of that stage', () => {
  const plan = planOf([convolution('a', 'data'), convolution('b', 'data'), eltwise('sum', 'a', 'b')]);
  assert.equal(plan.searches, [[], ['data'], ['a', 'b']]);
});

test('a threshold that only an entry takes is searched before its forms are released', () => {
  const plan = planOf([convolution('a', 'data'), relu('r', 'a')]);
  assert.equal(plan.searches, [[], ['data'], ['r']]);
  assert.equal(
    plan.plan.stages.at(-1)?.steps.map((step) => step.do),
    ['free'],
  );
});

test('a value is rounded as soon as only its codes are read, before later layers write', () => {
  const plan = planOf([
    convolution('a', 'data'),
    eltwise('sum', 'data', 'data'),
    convolution('b', 'sum'),
    convolution('c', 'b'),
    eltwise('last', 'a', 'c'),
  ]);
  const kinds = plan.steps.map((step) => `${step.do} ${plan.graph.nodes[step.node]!.name}`);
  assert.ok(kinds.indexOf('round a') < kinds.indexOf('weighted b'), kinds.join(', '));
});

test('progress names each layer once, in the stage in which it is computed', () => {
  const { plan, graph } = planOf([convolution('a', 'data'), reluInPlace('r', 'a'), concat('both', 'a', 'data')]);
  assert.equal(
    plan.stages.map(({ nodes }) => nodes.map((node) => graph.nodes[node]!.name)),
    [['data'], ['a', 'r'], ['both']],
  );
});

test('every step finds what it reads and every threshold it needs', () => {
  const { plan } = planOf([
    convolution('a', 'data'),
    maxPooling('p', 'a'),
    relu('r', 'p'),
    concat('both', 'p', 'r'),
    eltwise('sum', 'both', 'both'),
    convolution('b', 'sum'),
  ]);
  const known = new Set(plan.thresholds.flatMap((each, id) => (each.from === 'weights' ? [id] : [])));
  for (const { search, steps } of plan.stages) {
    for (const id of search) known.add(id);
    for (const [id, each] of plan.thresholds.entries())
      if (each.from === 'largest' && each.of.every((operand) => known.has(operand))) known.add(id);
    for (const step of steps) if ('grid' in step) assert.ok(known.has(step.grid.threshold), step.do);
  }
});

test.run();

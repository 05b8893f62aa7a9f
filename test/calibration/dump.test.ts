import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describePlan, planText } from '../../src/calibration/dump.js';
import { inspectPlan } from '../../src/jobs/inspect-plan.js';
import { inspectedPlanText } from '../../src/report/plan.js';
import { root } from '../support.js';
import {
  averagePooling,
  concat,
  convolution,
  eltwise,
  maxPooling,
  type NamedPlan,
  planOf,
  relu,
  reluInPlace,
  reshape,
} from './plans.js';

const textOf = ({ graph, plan }: NamedPlan): string => planText(describePlan(graph, plan));

const golden = (name: string): string => readFileSync(join(root, 'test/golden/plan', name), 'utf8');

test('an inception', () => {
  const plan = planOf([
    convolution('one', 'data'),
    reluInPlace('one/relu', 'one'),
    convolution('reduce', 'data'),
    reluInPlace('reduce/relu', 'reduce'),
    convolution('three', 'reduce'),
    reluInPlace('three/relu', 'three'),
    maxPooling('pool', 'data'),
    convolution('project', 'pool'),
    concat('output', 'one', 'three', 'project'),
    averagePooling('last', 'output'),
    convolution('classes', 'last'),
  ]);
  assert.is(textOf(plan), golden('inception.txt'));
});

test('Eltwise, powers of two, an activation of its own, and a layer that nothing needs', () => {
  const plan = planOf(
    [
      convolution('a', 'data'),
      eltwise('sum', 'a', 'data'),
      relu('r', 'sum'),
      maxPooling('p', 'sum'),
      concat('both', 'p', 'r'),
      reshape('s', 'r'),
    ],
    { powerOfTwo: true },
  );
  assert.is(textOf(plan), golden('residual.txt'));
});

for (const [model, walk, calibrator, file] of [
  ['deploy.prototxt', 'progressive', 'reference', 'example-progressive.txt'],
  ['model.pb', 'reference', 'reference', 'example-reference.txt'],
  ['deploy.prototxt', 'progressive', 'mse', 'example-progressive-mse.txt'],
] as const) {
  test(`the example by the ${walk} walk, thresholds by ${calibrator}`, async () => {
    const flags = { deploy_model: join(root, 'examples/cifar10', model), walk, calibrator };
    const text = inspectedPlanText(await inspectPlan(flags));
    assert.is(text.replace(/of ".*"/, 'of "the example"'), golden(file));
  });
}

test.run();

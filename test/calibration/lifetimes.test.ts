import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { releaseForms } from '../../src/calibration/lifetimes.js';
import type { PlannedThreshold, Stage } from '../../src/calibration/plan.js';
import { formKey, formsRead, formsReleased, formsWritten, type Step } from '../../src/calibration/step.js';
import { concat, convolution, maxPooling, networkOf, planOf, relu } from './plans.js';

const graph = networkOf(relu('r', 'data'), relu('s', 'r'));
const [data, r, s] = [0, 1, 2].map((node) => graph.nodes[node]!.outputs[0]!) as [number, number, number];
const raw = (value: number) => ({ value, grid: null });
const input: Step = { do: 'input', node: 0 };
const float = (node: number, value: number): Step => ({ do: 'float', node, inputs: [raw(value)] });

function released(
  stages: readonly Pick<Stage, 'search' | 'steps'>[],
  thresholds: readonly PlannedThreshold[] = [],
): string[][] {
  const whole = stages.map((stage) => ({ ...stage, nodes: [] }));
  return releaseForms(whole, thresholds, analyse(graph)).map(({ steps }) =>
    steps.map((step) => (step.do === 'free' ? `free ${step.forms.map(({ value }) => value).join(' ')}` : step.do)),
  );
}

test('a form is released directly after its last reader, one that nothing reads after its writer', () => {
  const steps = [input, float(1, data), float(2, r)];
  assert.equal(released([{ search: [], steps }]), [['input', 'float', `free ${data}`, 'float', `free ${r} ${s}`]]);
});

test('a form that is measured later lives until the search', () => {
  const thresholds: PlannedThreshold[] = [{ from: 'measured', forms: [raw(data), raw(r)], bits: 8, node: 1 }];
  const stages = [
    { search: [], steps: [input, float(1, data)] },
    { search: [0], steps: [float(2, r)] },
  ];
  assert.equal(released(stages, thresholds), [
    ['input', 'float'],
    [`free ${data}`, 'float', `free ${r} ${s}`],
  ]);
});

test('a rounding that is the last reader releases what it reads by itself; another one does not', () => {
  const round = (bits: 8 | 16): Step => ({ do: 'round', node: 0, from: raw(data), grid: { threshold: bits, bits } });
  const [first, second] = [round(8), round(16)];
  const [stage] = releaseForms([{ search: [], steps: [input, first, second], nodes: [] }], [], analyse(graph));
  const written = { value: data, grid: { threshold: 8, bits: 8 } };
  const last = { value: data, grid: { threshold: 16, bits: 16 } };
  assert.equal(stage?.steps, [
    input,
    first,
    { do: 'free', forms: [written] },
    { ...second, releases: true },
    { do: 'free', forms: [last] },
  ]);
});

test('a plan reads no form that is released and leaves none behind', () => {
  const { plan, graph: whole } = planOf([
    convolution('a', 'data'),
    maxPooling('p', 'a'),
    relu('r', 'p'),
    concat('both', 'p', 'a'),
    concat('outer', 'both', 'r'),
    convolution('b', 'outer'),
    convolution('c', 'p'),
  ]);
  const network = analyse(whole);
  const live = new Set<string>();
  const expectLive = (key: string, reader: string): void => assert.ok(live.has(key), `${reader} reads ${key}`);
  for (const { search, steps } of plan.stages) {
    for (const id of search) {
      const threshold = plan.thresholds[id]!;
      if (threshold.from === 'measured') threshold.forms.forEach((form) => expectLive(formKey(form), `search ${id}`));
    }
    for (const step of steps) {
      formsRead(step).forEach((form) => expectLive(formKey(form), step.do));
      formsWritten(step, network).forEach((form) => live.add(formKey(form)));
      formsReleased(step).forEach((form) => assert.ok(live.delete(formKey(form)), formKey(form)));
    }
  }
  assert.is(live.size, 0);
});

test.run();

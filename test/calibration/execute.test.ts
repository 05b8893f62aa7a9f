import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { type ExecuteOptions, executePlan } from '../../src/calibration/execute.js';
import type { ChannelRequest } from '../../src/calibration/executor/channels.js';
import type {
  BoundThreshold,
  CalibrationExecutor,
  HistogramRequest,
  LayerErrorRequest,
} from '../../src/calibration/executor/executor.js';
import { nothing, type Statistics } from '../../src/calibration/executor/statistics.js';
import { formsWritten, type Step, type StoredForm } from '../../src/calibration/step.js';
import type { ThresholdMethod } from '../../src/calibration/thresholds/method.js';
import type { Graph } from '../../src/graph/graph.js';
import type { LayerCalibration } from '../../src/scaling/index.js';
import { concat, convolution, eltwise, maxPooling, type NamedPlan, planOf, reluInPlace } from './plans.js';

/** The maximum, found in a histogram of one bin. */
const method: ThresholdMethod = { bins: () => 1, threshold: (_, { max }) => max };

/**
 * An executor without images: the largest magnitude of a raw value is 10 times its id plus 1; and what it was asked, in
 * order.
 */
class RecordingExecutor implements CalibrationExecutor {
  readonly asked: string[] = [];
  readonly bound = new Map<number, BoundThreshold[1]>();

  constructor(
    private readonly graph: Graph,
    private readonly bad: (step: Step) => number = () => -1,
  ) {}

  bind(thresholds: readonly BoundThreshold[]): void {
    for (const [id, threshold] of thresholds) {
      assert.ok(!this.bound.has(id), `threshold ${id} is bound twice`);
      this.bound.set(id, threshold);
    }
  }

  async run(steps: readonly Step[]): Promise<Statistics[]> {
    this.asked.push('steps');
    return steps.map((step) => {
      for (const form of formsWritten(step, analyse(this.graph)))
        if (form.grid !== null) assert.ok(this.bound.has(form.grid.threshold), `${step.do} without a threshold`);
      const forms = formsWritten(step, analyse(this.graph)).filter(({ grid }) => grid === null);
      return forms.length === 0 ? nothing : { ...this.of(forms), bad: this.bad(step) };
    });
  }

  async statistics(asked: readonly (readonly StoredForm[])[]): Promise<Statistics[]> {
    this.asked.push(`statistics of ${asked.length}`);
    return asked.map((forms) => this.of(forms));
  }

  async histograms(asked: readonly HistogramRequest[]) {
    this.asked.push(`histograms of ${asked.length}`);
    return asked.map(({ bins }) => ({ counts: new Float64Array(bins), zeros: 0 }));
  }

  async channelRanges(forms: readonly StoredForm[]) {
    this.asked.push(`ranges of ${forms.length}`);
    return forms.map(({ value }) => ({ lows: Float32Array.of(-value * 10 - 1), highs: Float32Array.of(0) }));
  }

  async channelCounts(asked: readonly ChannelRequest[]) {
    this.asked.push(`channel counts of ${asked.length}`);
    return asked.map(({ bins }) => new Uint32Array(bins));
  }

  async layerErrors(asked: readonly LayerErrorRequest[]) {
    this.asked.push(`layer errors of ${asked.length}`);
    return asked.map(({ candidates, largest }) => {
      const ends = candidates.reduce((sum, candidate) => sum + candidate.ends.length, 0);
      return new Float64Array(ends * largest.length);
    });
  }

  private of(forms: readonly StoredForm[]): Statistics {
    return { max: Math.max(...forms.map(({ value }) => value * 10 + 1)), min: 0, count: 4, bad: -1 };
  }
}

async function execute(
  { graph, plan }: NamedPlan,
  options: Partial<ExecuteOptions> = {},
  executor = new RecordingExecutor(graph),
): Promise<{ layers: LayerCalibration[]; asked: string[] }> {
  return { layers: await executePlan(graph, plan, executor, { method, ...options }), asked: executor.asked };
}

const thresholds = (layers: readonly LayerCalibration[]): [string, number, number][] =>
  layers.map(({ name, th_layer_in, th_layer_out }) => [name, th_layer_in, th_layer_out]);

test('entries get the numbers of their thresholds, weights one for each channel', async () => {
  const plan = planOf([convolution('a', 'data'), reluInPlace('r', 'a'), convolution('b', 'a')]);
  const { layers } = await execute(plan);
  assert.equal(thresholds(layers), [
    ['a', 1, 21],
    ['b', 21, 31],
  ]);
  const weights = plan.graph.nodes.find(({ name }) => name === 'a')!.params[0]!.data;
  const largest = [0, 1, 2, 3].map((c) => Math.max(...weights.subarray(c * 4, c * 4 + 4).map(Math.abs)));
  assert.equal(layers[0]!.th_params, largest);
  assert.equal([layers[0]!.form, layers[0]!.channels, layers[0]!.bw_params], ['Convolution', 4, 8]);
});

test('thresholds of a stage are searched together; statistics that are known are not asked for', async () => {
  const plan = planOf([convolution('a', 'data'), convolution('b', 'data'), eltwise('sum', 'a', 'b')]);
  const { layers, asked } = await execute(plan);
  assert.equal(asked, ['steps', 'histograms of 1', 'steps', 'histograms of 2', 'steps']);
  assert.equal(thresholds(layers), [
    ['a', 1, 11],
    ['b', 1, 21],
    ['sum', 21, 21],
  ]);
});

test('statistics of codes and of layers with several outputs are asked for', async () => {
  const { asked } = await execute(
    planOf([convolution('a', 'data'), maxPooling('p', 'a'), concat('both', 'a', 'p'), convolution('c', 'both')]),
  );
  assert.equal(
    asked.filter((one) => one.startsWith('statistics')),
    ['statistics of 1'],
  );
});

test('powers of two: every threshold, and what follows from it', async () => {
  const plan = planOf([convolution('a', 'data'), eltwise('sum', 'a', 'data')], { powerOfTwo: true });
  const { layers } = await execute(plan);
  const steps = layers.flatMap(({ th_layer_in, th_layer_out, th_params }) => [th_layer_in, th_layer_out, ...th_params]);
  for (const threshold of steps) assert.is(Math.log2(threshold / 127) % 1, 0, `${threshold}`);
});

test('progress: every layer once, with the number of layers before it', async () => {
  const seen: string[] = [];
  const plan = planOf([convolution('a', 'data'), reluInPlace('r', 'a'), convolution('b', 'a')]);
  await execute(plan, { onNode: ({ name }, index, count) => seen.push(`${name} ${index}/${count}`) });
  assert.equal(seen, ['data 0/4', 'a 1/4', 'r 2/4', 'b 3/4']);
});

test('an activation that is not finite is an error that names layer and image', async () => {
  const plan = planOf([convolution('a', 'data'), convolution('b', 'a')]);
  const bad = new RecordingExecutor(plan.graph, (step) => (step.do === 'weighted' ? 2 : -1));
  const error = await execute(plan, { imageName: (image) => `photo-${image}.png` }, bad).catch((thrown) => thrown);
  assert.is(error.code, 'data');
  assert.match(
    error.message,
    /layer "a" \(Convolution\): expected finite activations, got NaN or infinity for the image photo-2\.png\./,
  );
  const unnamed = await execute(plan, {}, new RecordingExecutor(plan.graph, () => 2)).catch((thrown) => thrown);
  assert.match(unnamed.message, /layer "data" .* for image 3 of the calibration batch\./);
});

test('a weight that is not finite is an error that names its layer, also of layers without thresholds of weights', async () => {
  const plan = planOf([convolution('a', 'data'), 'layer { name: "p" type: "PReLU" bottom: "data" top: "p" }']);
  for (const name of ['a', 'p']) {
    const params = plan.graph.nodes.find((node) => node.name === name)!.params;
    const { data } = params[0]!;
    const before = data[0]!;
    data[0] = NaN;
    const error = await execute(plan).catch((thrown) => thrown);
    data[0] = before;
    assert.match(error.message, new RegExp(`layer "${name}" .*: expected finite weights, got NaN at element 0`));
  }
});

test.run();

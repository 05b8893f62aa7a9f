import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../../src/caffe/index.js';
import type { UnreadImage } from '../../../src/calibration/executor/batch.js';
import {
  type CalibrationBatch,
  type OpenExecutor,
  openExecutor,
} from '../../../src/calibration/executor/pool-executor.js';
import { calibrationTasks } from '../../../src/calibration/executor/tasks.js';
import { fail } from '../../../src/error.js';
import { noPause } from '../../../src/runtime/pause.js';
import type { Memory, Pool } from '../../../src/runtime/pool.js';
import { indexOf, outputOf, raw } from './batches.js';

/**
 * A pool of several members in this thread that do not wait for each other, and the tasks that all members were given.
 */
class InterleavedPool implements Pool {
  readonly asked: string[] = [];
  private readonly members: { memory: Memory; last: Promise<unknown> }[];

  constructor(
    readonly size: number,
    private readonly tasks: ReturnType<typeof calibrationTasks>,
  ) {
    this.members = Array.from({ length: size }, () => ({ memory: new Map(), last: Promise.resolve() }));
  }

  one(index: number, task: string, argument: unknown): Promise<any> {
    const member = this.members[index]!;
    const result = member.last.then(() => this.tasks[task]!(member.memory, argument, noPause, () => undefined));
    member.last = result.catch(() => undefined);
    return result;
  }

  all<R>(task: string, argument: (member: number) => unknown): Promise<R[]> {
    this.asked.push(task);
    return Promise.all(this.members.map((_, member) => this.one(member, task, argument(member))));
  }

  async close(): Promise<void> {}
}

const graph = loadCaffe({
  prototxt: `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 2 dim: 2 } } }
    layer { name: "a" type: "ReLU" bottom: "data" top: "a" }`,
  seedWeights: 1,
});
const [input, data] = [indexOf(graph, 'data'), outputOf(graph, 'data')];
const grid = { threshold: 0, bits: 8 } as const;

type Load = (image: number) => Promise<Float32Array>;

/** Runs `use` with an executor of 8 images in a pool of `size` members. */
async function withExecutor<T>(
  size: number,
  load: Load,
  use: (executor: OpenExecutor, pool: InterleavedPool) => Promise<T>,
  onSkipped?: CalibrationBatch['onSkipped'],
): Promise<T> {
  const pool = new InterleavedPool(
    size,
    calibrationTasks(() => load),
  );
  const executor = openExecutor(pool, graph, { source: { arrays: [] }, count: 8, memory: 1e6, onSkipped });
  const result = await use(executor, pool);
  await executor.close();
  return result;
}

/** Images from the fourth on are broken; the fourth takes longest to find out. */
const broken: Load = async (image) => {
  await new Promise((resolve) => setTimeout(resolve, image === 3 ? 40 : 1));
  if (image >= 3) fail('data', `image ${image}`, 'broken.');
  return Float32Array.of(image, 1, 1, 1);
};

const sizes = [1, 2, 3, 4, 8];

test('of several broken images the first in calibration order is named, whatever the number of threads', async () => {
  for (const size of sizes) {
    const error = await withExecutor(size, broken, (executor) =>
      executor.run([{ do: 'input', node: input }]).catch((thrown) => thrown),
    );
    assert.is(error.message, 'image 3: broken.', `${size} members`);
  }
});

test('skipped images are told once, in calibration order, and are in no statistics', async () => {
  for (const size of sizes) {
    const told: (readonly UnreadImage[])[] = [];
    const [statistics] = await withExecutor(
      size,
      broken,
      (executor) => executor.run([{ do: 'input', node: input }]),
      (skipped) => told.push(skipped),
    );
    assert.equal(
      told.map((skipped) => skipped.map(({ image, error }) => `${image} ${error.code} ${error.message}`)),
      [[3, 4, 5, 6, 7].map((image) => `${image} data image ${image}: broken.`)],
      `${size} members`,
    );
    assert.equal(statistics, { max: 2, min: 0, count: 12, bad: -1 }, `${size} members`);
  }
});

test('an image that cannot be read ends the reading, after the skipped images before it are told', async () => {
  const load: Load = async (image) => {
    if (image === 2) fail('format', 'image 2', 'broken.');
    if (image === 4) fail('file', 'image 4', 'missing.');
    if (image === 6) fail('format', 'image 6', 'broken.');
    return new Float32Array(4);
  };
  for (const size of sizes) {
    const told: number[] = [];
    const error = await withExecutor(
      size,
      load,
      (executor) => executor.run([{ do: 'input', node: input }]).catch((thrown) => thrown),
      (skipped) => told.push(...skipped.map(({ image }) => image)),
    );
    assert.equal([error.message, told], ['image 4: missing.', [2]], `${size} members`);
  }
});

test('statistics and histograms add up over the members', async () => {
  const load: Load = async (image) => Float32Array.of(image, -image, 0, 1);
  const results = await Promise.all(
    sizes.map((size) =>
      withExecutor(size, load, async (executor) => {
        await executor.run([{ do: 'input', node: input }]);
        const statistics = await executor.statistics([[raw(data)], [raw(data), raw(data)]]);
        const request = { forms: [raw(data)], max: 7, bins: 3, countZeros: true };
        return { statistics, histograms: await executor.histograms([request]) };
      }),
    ),
  );
  assert.equal(results[0], {
    statistics: [
      { max: 7, min: 0, count: 32, bad: -1 },
      { max: 7, min: 0, count: 64, bad: -1 },
    ],
    histograms: [{ counts: Float64Array.of(20, 4, 8).map((count, i) => count + [2, 0, -2][i]!), zeros: 10 }],
  });
  for (const result of results) assert.equal(result, results[0]);
});

test('steps without statistics wait for the next request, and thresholds travel with them', async () => {
  await withExecutor(
    2,
    async () => Float32Array.of(3, 2, 1, 0),
    async (executor, pool) => {
      await executor.run([{ do: 'input', node: input }]);
      const before = pool.asked.length;
      executor.bind([[0, 3]]);
      await executor.run([{ do: 'round', node: input, from: raw(data), grid }]);
      assert.is(pool.asked.length, before, 'nothing is sent');
      const [, relu] = await executor.run([
        { do: 'free', forms: [raw(data)] },
        { do: 'float', node: indexOf(graph, 'a'), inputs: [{ value: data, grid }] },
      ]);
      assert.equal(pool.asked.slice(before), ['calibration.steps']);
      assert.equal([relu?.max, relu?.count], [3, 32]);
    },
  );
});

test('a step that was put off and fails is thrown by settle', async () => {
  await withExecutor(
    2,
    async () => new Float32Array(4),
    async (executor) => {
      await executor.run([{ do: 'input', node: input }]);
      await executor.run([{ do: 'round', node: input, from: raw(data), grid }]);
      const error = await executor.settle().catch((thrown) => thrown);
      assert.match(error.message, /threshold 0 is not bound/);
    },
  );
});

test.run();

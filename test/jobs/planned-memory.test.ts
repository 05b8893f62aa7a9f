import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planQuantization } from '../../src/jobs/dry-run.js';
import { quantize } from '../../src/jobs/quantize.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';

const example = join(root, 'examples/cifar10');
const folder = smallNetwork();
const networks = {
  example: {
    deploy_model: join(example, 'deploy.prototxt'),
    weights: join(example, 'model.caffemodel'),
    calibration_directory: join(example, 'calibration'),
  },
  small: {
    deploy_model: join(folder, 'net.prototxt'),
    weights: join(folder, 'net.caffemodel'),
    calibration_directory: join(folder, 'images'),
  },
};

/** With environment variables, which are taken back after. */
async function withVariables<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}

for (const [name, network] of Object.entries(networks))
  for (const calibrator of ['mse', 'reference'] as const)
    test(`${name}, ${calibrator}: activations are planned to the byte: one byte less goes to a temporary file`, async () => {
      const flags = {
        ...network,
        calibrator,
        calibration_indices: [0, 1],
        threads: 1,
        no_quick_look: true,
        output_json: join(folder, 'q.json'),
      };
      const { memory, threads } = await planQuantization(flags);
      assert.is(threads, 1);
      // Where a temporary file is asked for, it cannot be made.
      await withVariables({ TMPDIR: '/no/such/folder' }, async () => {
        await quantize({ ...flags, memory: memory.activations });
        await quantize({ ...flags, memory: memory.activations - 1 }).then(
          () => assert.unreachable(),
          (error: Error) => assert.match(error.message, /\/no\/such\/folder/),
        );
      });
    });

test('a run that is planned to need more than there is is refused with both figures, before it begins', async () => {
  const flags = { ...networks.small, calibration_indices: [0, 1], output_json: join(folder, 'never.json') };
  const steps: number[] = [];
  const message = await withVariables({ XFDNN_MAX_MEMORY: `${2 ** 20}` }, () =>
    quantize(flags, { progress: (done) => steps.push(done) }).then(
      () => '',
      (error: Error) => error.message,
    ),
  );
  assert.match(
    message,
    /^memory: expected a run that needs at most 1 MiB, got one that is planned to need \d+ MiB\. Pass fewer --threads or a smaller --memory\. XFDNN_MAX_MEMORY raises the limit\.$/,
  );
  assert.equal(steps, []);
  await withVariables({ XFDNN_MAX_MEMORY: `${2 ** 33}` }, () => quantize(flags));
});

test('images and threads add up, the budget of activations bounds them', async () => {
  const flags = { ...networks.example, calibration_size: 8, calibration_seed: 1 };
  const [one, two, half, bounded] = await Promise.all(
    [
      { ...flags, threads: 1 },
      { ...flags, threads: 2 },
      { ...flags, calibration_size: 4, threads: 1 },
      { ...flags, threads: 1, memory: 1000 },
    ].map(async (each) => (await planQuantization(each)).memory),
  );
  assert.is(one!.activations, 2 * half!.activations);
  assert.is(two!.layers, 2 * one!.layers);
  assert.is(two!.activations, one!.activations);
  assert.ok(two!.total > one!.total);
  assert.is(bounded!.activations, 1000);
  assert.is(one!.total - bounded!.total, one!.activations - 1000);
});

test.run();

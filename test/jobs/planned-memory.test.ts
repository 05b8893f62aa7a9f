import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { advise } from '../../src/jobs/advise.js';
import { planQuantization } from '../../src/jobs/dry-run.js';
import { exportKit } from '../../src/jobs/export.js';
import type { JobHooks } from '../../src/jobs/hooks.js';
import { quantize } from '../../src/jobs/quantize.js';
import { run } from '../../src/jobs/run.js';
import { sensitivity } from '../../src/jobs/sensitivity.js';
import { verify } from '../../src/jobs/verify.js';
import { verifyDumps } from '../../src/jobs/verify-dumps.js';
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

/** The commands beside `quantize` that run a network, on the example. */
const scaling = join(folder, 'example.json');
const verified = {
  ...networkOf(networks.example),
  scaling,
  images: networks.example.calibration_directory,
  image_count: 2,
};
const commands: Readonly<Record<string, (hooks: JobHooks) => Promise<unknown>>> = {
  run: (hooks) => run({ ...omit(verified, 'scaling'), blobs: ['all'], output_dir: join(folder, 'never') }, hooks),
  'run on the overlay': (hooks) => run({ ...verified, output_dir: join(folder, 'never') }, hooks),
  verify: (hooks) => verify(verified, hooks),
  'verify --dumps': (hooks) => verifyDumps({ ...verified, dumps: join(folder, 'dumps') }, hooks),
  sensitivity: (hooks) => sensitivity({ ...verified, output: join(folder, 'never', 'state.json') }, hooks),
  advise: (hooks) =>
    advise(
      {
        ...omit(verified, 'scaling'),
        calibration_directory: networks.example.calibration_directory,
        calibration_indices: [8, 9],
        overlays: ['v2'],
        bits: [8],
        calibrators: ['max', 'mse'],
        output_json: join(folder, 'never', 'best.json'),
      },
      hooks,
    ),
  export: (hooks) => exportKit({ ...verified, folder: join(folder, 'never') }, hooks),
};

/** The network of some flags. */
function networkOf({ deploy_model, weights }: (typeof networks)['example']) {
  return { deploy_model, weights };
}

function omit<T extends object, K extends keyof T>(object: T, key: K): Omit<T, K> {
  const { [key]: _, ...others } = object;
  return others;
}

test.before(async () => {
  await quantize({ ...networks.example, calibration_indices: [0, 1], output_json: scaling });
  await run({ ...verified, blobs: ['all'], output_dir: join(folder, 'dumps') });
});

for (const [name, command] of Object.entries(commands))
  test(`${name} is refused with both figures where its memory is planned beyond the limit, and writes nothing`, async () => {
    const steps: number[] = [];
    const hooks = { progress: (done: number) => steps.push(done) };
    const refused = (limit: number): Promise<string> =>
      withVariables({ XFDNN_MAX_MEMORY: `${limit}` }, () =>
        command(hooks).then(
          () => '',
          (error: Error) => error.message,
        ),
      );
    const message = await refused(2 ** 20);
    const [, planned] =
      /^memory: expected a run that needs at most 1 MiB, got one that is planned to need (\d+) MiB\. (?:Pass|Take) fewer .+\. XFDNN_MAX_MEMORY raises the limit\.$/.exec(
        message,
      ) ?? [];
    assert.ok(Number(planned) > 90, message);
    assert.equal(steps, []);
    assert.not.ok(existsSync(join(folder, 'never')));
    assert.match(await refused((Number(planned) - 1) * 2 ** 20), /^memory: /);
    assert.is(await refused(Number(planned) * 2 ** 20), '');
    rmSync(join(folder, 'never'), { recursive: true, force: true });
  });

test('images and threads add up, the budget of activations bounds them', async () => {
  const flags = { ...networks.example, calibration_size: 8, calibration_seed: 1, no_quick_look: true };
  const [one, two, half, quarter, bounded] = await Promise.all(
    [
      { ...flags, threads: 1 },
      { ...flags, threads: 2 },
      { ...flags, calibration_size: 4, threads: 1 },
      { ...flags, calibration_size: 2, threads: 1 },
      { ...flags, threads: 1, memory: 1000 },
    ].map(async (each) => (await planQuantization(each)).memory),
  );
  assert.is(one!.activations - half!.activations, 2 * (half!.activations - quarter!.activations));
  assert.is(two!.layers, 2 * one!.layers);
  // Each thread has codes of one image beside the floats that they replace.
  assert.is(two!.activations, 2 * half!.activations);
  assert.ok(two!.total > one!.total);
  assert.is(bounded!.activations, 1000);
  assert.is(one!.total - bounded!.total, one!.activations - 1000);
});

test.run();

import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  advise,
  calibrate,
  entriesSensitivity,
  type JobHooks,
  openLive,
  optimise,
  quantize,
  run,
  scale,
  sensitivity,
  verify,
  verifyEntries,
} from '../../src/index.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { noise } from '../cli/fixtures.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

const folder = join(root, 'examples/cifar10');
const network = { deploy_model: join(folder, 'deploy.prototxt'), weights: join(folder, 'model.caffemodel') };
const images = { calibration_directory: join(folder, 'calibration'), calibration_size: 12, calibration_seed: 1 };
const { graph } = optimise((await loadNetwork(network)).graph);
const arrays = Array.from({ length: 12 }, (_, i) => Float32Array.from(noise(3 * 32 * 32, i), (value) => value * 100));
const source = { arrays };
const widths = { input: 8, params: 8, output: 8 } as const;
const layers = await calibrate(graph, source, { widths, threads: 1 });
const entries = scale(layers);

const scratch = scratchFolder();
const scaling = join(scratch, 'scaling.json');
await quantize({ ...network, ...images, output_json: scaling, threads: 1, no_quick_look: true });

/** Every long job, into a folder of its own. */
const jobs: Readonly<Record<string, (hooks: JobHooks, threads: number, output: string) => Promise<unknown>>> = {
  calibrate: (hooks, threads) => calibrate(graph, source, { widths, threads }, hooks),
  'calibrate with spilling': (hooks, threads) => calibrate(graph, source, { widths, threads, memory: 0 }, hooks),
  quantize: (hooks, threads, output) =>
    quantize(
      { ...network, ...images, threads, output_json: join(output, 'a.json'), manifest: join(output, 'm') },
      hooks,
    ),
  verifyEntries: (hooks, threads) => verifyEntries(graph, entries, source, { threads }, hooks),
  verify: (hooks, threads, output) =>
    verify({ ...network, images: images.calibration_directory, scaling, threads, report: join(output, 'r') }, hooks),
  run: (hooks, _, output) =>
    run({ ...network, images: images.calibration_directory, image_count: 12, output_dir: output }, hooks),
  'run on the overlay': (hooks, _, output) =>
    run({ ...network, images: images.calibration_directory, image_count: 12, output_dir: output, scaling }, hooks),
  entriesSensitivity: (hooks, threads) => entriesSensitivity(graph, entries, source, { threads }, hooks),
  sensitivity: (hooks, threads) =>
    sensitivity({ ...network, images: images.calibration_directory, scaling, threads }, hooks),
  advise: (hooks, threads, output) =>
    advise(
      {
        ...network,
        ...images,
        images: images.calibration_directory,
        threads,
        output_json: join(output, 'a.json'),
        bits: [8],
      },
      hooks,
    ),
  openLive: async (hooks, threads) => (await openLive(graph, entries, source, { threads }, hooks)).close(),
};

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.unreachable('the job ended'),
    (reason: unknown) => reason,
  );
}

for (const [name, job] of Object.entries(jobs)) {
  for (const threads of [1, 2]) {
    test(`${name}, ${threads} threads: rejects with the signal's reason, writes nothing, and works the next time`, async () => {
      const output = mkdtempSync(join(scratch, 'job-'));
      const controller = new AbortController();
      const reason = new Error('enough');
      let seen = 0;
      const progress = (): void => {
        if (++seen === 2) controller.abort(reason);
      };
      assert.is(await rejection(job({ signal: controller.signal, progress }, threads, output)), reason);
      assert.ok(seen < 30, `${seen} steps`);
      assert.equal(readdirSync(output), []);
      assert.is(await rejection(job({ signal: AbortSignal.abort(reason) }, threads, output)), reason);
      assert.equal(readdirSync(output), []);
    });
  }
}

for (const name of ['quantize', 'verify', 'run', 'run on the overlay', 'sensitivity', 'advise'])
  test(`${name}: is given up while its network is read`, async () => {
    const output = mkdtempSync(join(scratch, 'job-'));
    const controller = new AbortController();
    let seen = 0;
    const load = (done: number, total: number): void => {
      seen++;
      if (done === total) controller.abort('early');
    };
    const progress = () => assert.unreachable('the job went on');
    assert.is(await rejection(jobs[name]!({ signal: controller.signal, load, progress }, 2, output)), 'early');
    assert.is(seen, 2, 'the prototxt and the caffemodel');
    assert.equal(readdirSync(output), []);
  });

test('a calibration that is given up in its quick look leaves neither scaling file nor manifest', async () => {
  const output = mkdtempSync(join(scratch, 'job-'));
  const controller = new AbortController();
  const progress = (done: number, total: number): void => {
    if (done === total - 1) setTimeout(() => controller.abort('late'), 10);
  };
  const hooks = { signal: controller.signal, progress };
  assert.is(await rejection(jobs['quantize']!(hooks, 1, output)), 'late');
  assert.equal(readdirSync(output), []);
});

test('a calibration that is given up or fails while its report is made leaves no file', async () => {
  const output = mkdtempSync(join(scratch, 'job-'));
  const at = (name: string): string => join(output, name);
  const flags = { ...network, ...images, output_json: at('a.json'), manifest: at('m.json'), report: at('r.html') };
  const controller = new AbortController();
  const seen = new Set<string>();
  const progress = (_done: number, _total: number, label: string): void => {
    seen.add(label);
    if (label === 'verify') controller.abort('late');
  };
  assert.is(await rejection(quantize(flags, { signal: controller.signal, progress })), 'late');
  assert.ok(seen.has('verify') && seen.size > 1);
  assert.equal(readdirSync(output), []);
  const failing = { ...flags, report: at('r.html/below/it') };
  const breaks = (_done: number, _total: number, label: string): void => {
    if (label === 'verify') writeFileSync(at('r.html'), 'in the way');
  };
  assert.match(String(await rejection(quantize(failing, { progress: breaks }))), /not a folder/);
  assert.equal(readdirSync(output), ['r.html']);
});

test('after jobs that were given up, results are the same', async () => {
  assert.equal(await calibrate(graph, source, { widths, threads: 2 }), layers);
  const [first, second] = await Promise.all(
    [1, 2].map((threads) => verifyEntries(graph, entries, source, { threads })),
  );
  assert.equal(first, second);
});

test('an event is heard while this thread computes; without a reason it is an AbortError', async () => {
  const controller = new AbortController();
  const many = { arrays: Array.from({ length: 200 }, () => arrays[0]!) };
  let verified = 0;
  const progress = (done: number): void => void (verified = done);
  setTimeout(() => controller.abort(), 30);
  const work = verifyEntries(graph, entries, many, { threads: 1 }, { signal: controller.signal, progress });
  const reason = await rejection(work);
  assert.ok(reason instanceof DOMException && reason.name === 'AbortError');
  assert.ok(verified < 150, `${verified} images`);
});

test('a change that is given up is finished by the next', async () => {
  for (const threads of [1, 2]) {
    const live = await openLive(graph, entries, source, { threads });
    const whole = await openLive(graph, entries, source, { threads });
    const controller = new AbortController();
    const change = rejection(live.setThreshold('data', 50, { signal: controller.signal }));
    const superseded = rejection(live.setThreshold('data', 60, { signal: AbortSignal.abort('old') }));
    setTimeout(() => controller.abort('newer'), 1);
    assert.is(await change, 'newer');
    assert.is(await superseded, 'old');
    await live.setThreshold(layers[0]!.name, 3);
    await whole.setThreshold('data', 50);
    await whole.setThreshold(layers[0]!.name, 3);
    assert.equal(live.entries, whole.entries);
    assert.equal(live.state(), whole.state());
    await Promise.all([live.close(), whole.close()]);
  }
});

test.run();

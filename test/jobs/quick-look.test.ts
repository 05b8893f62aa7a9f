import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type QuantizeFlags, quantize } from '../../src/jobs/quantize.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';

const example = join(root, 'examples/cifar10');
const scratch = smallNetwork();
const output = join(scratch, 'q.json');

const exampleFlags: QuantizeFlags = {
  deploy_model: join(example, 'deploy.prototxt'),
  weights: join(example, 'model.caffemodel'),
  calibration_directory: join(example, 'calibration'),
  calibration_seed: 1,
  output_json: output,
  threads: 1,
};

async function lookedAt(flags: QuantizeFlags): Promise<Verdict> {
  const { verdict } = await quantize(flags);
  assert.ok(verdict !== undefined);
  return verdict;
}

test('the example is good; the file and the verdict do not depend on threads', async () => {
  const { verdict } = await quantize(exampleFlags);
  const bytes = readFileSync(output, 'utf8');
  assert.equal([verdict?.grade, verdict?.images, verdict?.output?.layer], ['good', 8, 'fc10']);
  assert.ok((verdict?.kept ?? 0) >= 7);
  assert.ok((verdict?.output?.sqnr ?? 0) > 15 && (verdict?.worst?.sqnr ?? 99) < 30);
  assert.equal([verdict?.cliff, verdict?.causes, verdict?.next], [null, [], []]);
  assert.equal((await quantize({ ...exampleFlags, threads: 3 })).verdict, verdict);
  const without = await quantize({ ...exampleFlags, no_quick_look: true });
  assert.is(without.verdict, undefined);
  assert.is(readFileSync(output, 'utf8'), bytes);
});

test('the original search is judged worse on v2, with a cause and flags to try', async () => {
  const verdict = await lookedAt({ ...exampleFlags, calibrator: 'reference' });
  assert.is(verdict.grade, 'degraded');
  assert.ok(verdict.cliff !== null && verdict.cliff.sqnr < 15);
  assert.ok(verdict.causes.some(({ kind }) => kind === 'clipped before scaling'));
  assert.equal(verdict.next, ['--calibrator mse', '--overlay v3', '--bitwidths 16,16,16']);
});

test('the reference walk is looked at too', async () => {
  const flags = { ...exampleFlags, deploy_model: join(example, 'model.pb'), weights: undefined };
  const verdict = await lookedAt({ ...flags, walk: 'reference', calibrator: 'reference' });
  assert.is(verdict.images, 8);
  assert.ok(verdict.output !== null);
});

test('of few images one is looked at', async () => {
  const { verdict } = await quantize({
    deploy_model: join(scratch, 'net.prototxt'),
    weights: join(scratch, 'net.caffemodel'),
    calibration_directory: join(scratch, 'images'),
    output_json: output,
    threads: 1,
  });
  assert.equal([verdict?.images, verdict?.output?.layer], [1, 'fc']);
});

test.run();

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AdviseFlags, type AdviseResult, advise } from '../../src/jobs/advise.js';
import { quantize } from '../../src/jobs/quantize.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';

const example = join(root, 'examples/cifar10');
const scratch = smallNetwork();
const flags: AdviseFlags = {
  deploy_model: join(example, 'deploy.prototxt'),
  weights: join(example, 'model.caffemodel'),
  calibration_directory: join(example, 'calibration'),
  calibration_seed: 1,
  images: join(example, 'test'),
  image_count: 24,
  labels: join(example, 'labels.txt'),
  overlays: ['v2'],
  bits: [8],
  calibrators: ['reference', 'mse'],
  threads: 1,
};

const plain = ({ rows, best, ...others }: AdviseResult): unknown => ({
  ...others,
  rows: rows.map((row) => ({ ...row, seconds: 0 })),
  best: best.map((row) => ({ ...row, seconds: 0 })),
});

test('choices are ranked on other images, and the best is written where asked for', async () => {
  const warnings: string[] = [];
  const result = await advise(flags, { warn: (line) => warnings.push(line) });
  assert.equal([result.images, result.files.names.length, result.output], [24, 32, null]);
  assert.equal(warnings, []);
  const [first, ...others] = result.rows;
  assert.equal([first?.calibrator, first?.grade, others.length], ['mse', 'good', 2]);
  assert.ok(first?.accuracy !== null && result.floatAccuracy !== null);
  assert.is(first?.multipliers, 'exact');
  const output = join(scratch, 'best.json');
  assert.equal(plain(await advise({ ...flags, threads: 2, output_json: output })), {
    ...(plain(result) as object),
    output,
  });
  const again = join(scratch, 'again.json');
  await quantize({
    deploy_model: flags.deploy_model,
    weights: flags.weights,
    calibration_directory: flags.calibration_directory,
    calibration_seed: 1,
    output_json: again,
    multipliers: first?.multipliers,
    no_quick_look: true,
  });
  assert.is(readFileSync(output, 'utf8'), readFileSync(again, 'utf8'));
});

const small: AdviseFlags = {
  deploy_model: join(scratch, 'net.prototxt'),
  weights: join(scratch, 'net.caffemodel'),
  calibration_directory: join(scratch, 'images'),
  calibration_indices: [0, 1],
  images: join(scratch, 'images'),
  overlays: ['v3'],
  bits: [8],
  calibrators: ['mse'],
  threads: 1,
};

test('images that thresholds come from are warned of', async () => {
  const warnings: string[] = [];
  await advise(small, { warn: (line) => warnings.push(line) });
  assert.match(warnings.join('\n'), /^warning: 2 of 4 images of --images are calibration images too \(.*0\.png\)/);
  assert.not.ok(existsSync(join(scratch, 'net.json')));
});

test('wrong flags are named before any work', async () => {
  const refused = async (wrong: Partial<AdviseFlags>, line: RegExp): Promise<void> => {
    try {
      await advise({ ...small, ...wrong });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, line);
    }
  };
  await refused({ bits: [7] }, /^--bits: expected 8 and 16, or one of them, got 7\./);
  await refused({ calibrators: ['kl' as 'mse'] }, /^--calibrator: expected /);
  await refused({ images: undefined }, /^--images: expected a folder of images, got none\./);
});

test.run();

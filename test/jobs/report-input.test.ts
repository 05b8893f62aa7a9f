import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quantize } from '../../src/jobs/quantize.js';
import { verify } from '../../src/jobs/verify.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';

const folder = smallNetwork({ 'images/notes.txt': 'a', 'images/.DS_Store': 'b' });
const network = { deploy_model: join(folder, 'net.prototxt'), weights: join(folder, 'net.caffemodel') };
const images = { calibration_directory: join(folder, 'images'), calibration_seed: 1, threads: 1 };

/** What a job says: notes and warnings. */
function heard() {
  const notes: string[] = [];
  const warnings: string[] = [];
  return {
    notes,
    warnings,
    hooks: { note: (line: string) => notes.push(line), warn: (line: string) => warnings.push(line) },
  };
}

test('a run says what enters the network, and which files are none', async () => {
  const { notes, warnings, hooks } = heard();
  const preview = join(folder, 'steps');
  const { files } = await quantize({ ...network, ...images, preview }, hooks);
  assert.equal(warnings, []);
  assert.match(notes.join('\n'), /2 files of .*images are no image and left out: \.DS_Store, notes\.txt\./);
  assert.match(notes.join('\n'), /^input: BGR, 3x8x8, -1\d\d to 15\d, mean .* \(first image\)$/m);
  assert.equal(files.names.length, 4);
  assert.is(readdirSync(preview).length, 18);
  assert.ok(existsSync(join(preview, '0-0.png.3-channel_swap.png')));
});

test("values that hardly vary are warned of, and a size that is not the model's is noted", async () => {
  const { warnings, hooks } = heard();
  await quantize({ ...network, ...images, raw_scale: 1 }, hooks);
  assert.match(warnings.join('\n'), /hardly varies on the first image/);
  const other = heard();
  const sized = { deploy_model: join(root, 'examples/cifar10/deploy.prototxt'), seed_weights: 1, dims: [3, 64, 64] };
  await quantize({ ...sized, ...images, output_json: join(folder, 'sized.json') }, other.hooks).catch(() => undefined);
  assert.match(other.notes.join('\n'), /^note: --dims 3,64,64 is not the model's own size, 3,32,32\.$/m);
});

test('a TensorFlow graph on the defaults of Caffe is warned of, one with a preset is not', async () => {
  const model = { deploy_model: join(root, 'examples/cifar10/model.pb'), output_json: join(folder, 'tf.json') };
  const plain = heard();
  await quantize({ ...model, ...images, calibration_size: 1, transpose: [2, 0, 1] }, plain.hooks);
  assert.match(plain.warnings.join('\n'), /runs on the defaults of Caffe/);
  assert.match(plain.warnings.join('\n'), /--transpose 2,0,1 is not applied/);
  const preset = heard();
  await quantize({ ...model, ...images, calibration_size: 1, preset: 'original' }, preset.hooks);
  assert.equal(preset.warnings, []);
});

test('random images try the flow, the same each time', async () => {
  const { warnings, hooks } = heard();
  const output = join(folder, 'random.json');
  const flags = { ...network, calibration_directory: 'random:2', output_json: output, threads: 2 };
  const { entries, files } = await quantize(flags, hooks);
  assert.equal([warnings.length, files.names], [1, ['random:2[0]', 'random:2[1]']]);
  assert.match(warnings[0]!, /random images are for trying the flow only/);
  assert.equal((await quantize({ ...flags, threads: 1 })).entries, entries);
  assert.is((await verify({ ...network, scaling: output, images: 'random:3', threads: 1 })).images, 3);
});

test.run();

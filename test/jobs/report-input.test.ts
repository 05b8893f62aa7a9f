import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestFlags } from '../../src/jobs/manifest-flags.js';
import { quantize } from '../../src/jobs/quantize.js';
import { verify } from '../../src/jobs/verify.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';
import { floats, graphDef, placeholder } from '../tensorflow/graph-def.js';

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

/** A graph that divides its input by 127.5 and subtracts 1. */
const slim = graphDef(
  placeholder('x', [1, 8, 8, 3]),
  floats('half', [], [127.5]),
  { name: 'div', op: 'RealDiv', input: ['x', 'half'] },
  floats('one', [], [1]),
  { name: 'sub', op: 'Sub', input: ['div', 'one'] },
  floats('w', [1, 1, 3, 2], [0.4, -0.3, 0.2, 0.5, -0.1, 0.6]),
  {
    name: 'conv',
    op: 'Conv2D',
    input: ['sub', 'w'],
    attr: { strides: { ints: [1, 1, 1, 1] }, padding: { s: 'SAME' } },
  },
);

test('a TensorFlow graph that shows what it takes gets it; the manifest repeats it, and original restores the defaults', async () => {
  const [model, manifest, output] = ['slim.pb', 'slim.manifest.json', 'slim.json'].map((name) => join(folder, name));
  writeFileSync(model!, slim);
  const flags = { deploy_model: model, ...images, output_json: output };
  const { notes, warnings, hooks } = heard();
  const shown = await quantize({ ...flags, manifest }, hooks);
  assert.equal(warnings, []);
  assert.match(
    notes.join('\n'),
    /^note: the graph subtracts 127\.5 from its input: images enter with --channel_swap 0,1,2 --raw_scale 255 --mean_value 0,0,0 --input_scale 1\. --preset original/m,
  );
  assert.match(notes.join('\n'), /^input: RGB, 8x8x3, /m);
  const values = { channel_swap: [0, 1, 2], raw_scale: 255, mean_value: [0] };
  assert.equal((await quantize({ ...flags, ...values })).entries, shown.entries);
  const original = await quantize({ ...flags, preset: 'original' });
  assert.equal(
    [original.preprocessing.channelSwap, original.preprocessing.meanValue],
    [
      [2, 1, 0],
      [104, 117, 123],
    ],
  );
  const recorded = JSON.parse(readFileSync(manifest!, 'utf8'));
  assert.is(recorded.resolved.preprocessing_shown, 'the graph subtracts 127.5 from its input');
  // As a version with other defaults has written it.
  recorded.resolved.preprocessing = {
    ...recorded.resolved.preprocessing,
    channelSwap: [2, 1, 0],
    meanValue: [104, 117, 123],
  };
  writeFileSync(manifest!, JSON.stringify(recorded));
  const repeated = (await manifestFlags(manifest!, 'quantize', () => {})) as typeof flags;
  assert.equal((await quantize(repeated)).entries, original.entries);
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

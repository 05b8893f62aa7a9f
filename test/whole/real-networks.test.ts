import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { quantize } from '../../src/jobs/quantize.js';
import { run } from '../../src/jobs/run.js';
import { scratchFolder } from '../scratch.js';
import { shared, testShared } from '../support.js';
import { parseFlags } from './walk-cases.js';

const models = join(shared, 'models');
const scratch = scratchFolder();
const folders = ['caffe', 'tensorflow'].flatMap((framework) =>
  existsSync(join(models, framework))
    ? readdirSync(join(models, framework))
        .sort()
        .map((name) => `${framework}/${name}`)
    : [`${framework} networks`],
);

interface Meta {
  readonly shape: readonly number[];
  readonly layout?: string;
  readonly calibrate_flags: string | null;
}

const metaOf = (folder: string): Meta => JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'));

/** The network of a folder at the size it was recorded at. */
function networkFlags(folder: string, shape = metaOf(folder).shape): Record<string, unknown> {
  const caffe = existsSync(join(folder, 'model.prototxt'));
  if (caffe)
    return {
      deploy_model: join(folder, 'model.prototxt'),
      weights: join(folder, 'model.caffemodel'),
      dims: shape.slice(1),
    };
  const image = shape.length === 4 ? [shape[3], shape[1], shape[2]] : shape.slice(1);
  return { deploy_model: join(folder, 'model.pb'), dims: image };
}

/** The blobs of one recorded input, whose size may be its own. */
async function compareBlobs(folder: string, input: string, blobs: string): Promise<void> {
  const { shape } = readNpy(readFileSync(join(folder, input)), input);
  const names = readdirSync(join(folder, blobs)).map((file) => file.replace('.npy', '').replaceAll('__', '/'));
  const { files } = await run({
    ...networkFlags(folder, shape),
    input: join(folder, input),
    blobs: names,
    output_dir: join(scratch, folder),
  });
  for (const { name, path } of files) {
    const actual = readNpy(readFileSync(path), path).data;
    const expected = Float64Array.from(
      readNpy(readFileSync(join(folder, blobs, `${name.replaceAll('/', '__')}.npy`)), name).data,
    );
    assert.is(actual.length, expected.length, `${name}: elements`);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expected.forEach((value, i) =>
      assert.ok(Math.abs(actual[i]! - value) <= 1e-4 * largest, `${name}[${i}]: expected ${value}, got ${actual[i]}`),
    );
  }
}

/** The recorded input as a calibration array, where the input is not an image. */
function arrayFolder(folder: string): string {
  const { shape, data } = readNpy(readFileSync(join(folder, 'input.npy')), 'input.npy');
  const target = join(scratch, `${folder.replaceAll('/', '_')}-arrays`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'input.npy'), writeNpy({ shape: shape.slice(1), data: Float32Array.from(data) }));
  return target;
}

/** The photographs among the shared images. */
function photographs(): string {
  const target = join(scratch, 'photographs');
  mkdirSync(target, { recursive: true });
  const source = join(models, 'images');
  for (const file of readdirSync(source).filter((each) => each.startsWith('calib_')))
    copyFileSync(join(source, file), join(target, file));
  return target;
}

for (const name of folders) {
  const folder = join(models, name);
  testShared(`${name}: the recorded blobs`, () => compareBlobs(folder, 'input.npy', 'blobs'));
  if (existsSync(join(folder, 'photo_blobs')))
    testShared(`${name}: the recorded blobs of a photograph`, () =>
      compareBlobs(folder, 'photo_input.npy', 'photo_blobs'),
    );
  if (name.startsWith('caffe'))
    testShared(`${name}: a valid scaling file`, async () => {
      const { calibrate_flags: flags } = metaOf(folder);
      const images =
        flags === null
          ? { calibration_directory: arrayFolder(folder), calibration_size: 1, calibration_seed: 0 }
          : {
              calibration_directory: photographs(),
              calibration_size: 2,
              calibration_seed: 0,
              ...parseFlags(flags.split(/\s+/), ''),
            };
      const output = join(scratch, `${name.replace('/', '-')}.json`);
      const warnings: string[] = [];
      const { entries } = await quantize(
        { ...networkFlags(folder), ...images, output_json: output, threads: 1 },
        { warn: (line) => warnings.push(line) },
      );
      assert.is(JSON.parse(readFileSync(output, 'utf8')).network.length, entries.length);
      if (entries.length === 0) assert.match(warnings.join('\n'), /nothing to quantize/);
      for (const entry of entries)
        assert.ok(entry.th_layer_out >= 0 && Number.isFinite(entry.th_layer_out) && entry.scale.length > 0, entry.name);
    });
}

test.run();

import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import { readLabels } from '../../src/jobs/labels.js';
import { run } from '../../src/jobs/run.js';
import { type VerifyResult, verify } from '../../src/jobs/verify.js';
import { verifyDumps } from '../../src/jobs/verify-dumps.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { rescale } from '../../src/scaling-file/rescale.js';
import { shared, testShared } from '../support.js';
import { flagsOf as walkFlagsOf } from '../whole/walk-cases.js';

const walk = join(shared, 'golden/walk');
const cases = existsSync(walk)
  ? readdirSync(walk)
      .filter((name) => existsSync(join(walk, name, 'overlay/index.json')))
      .sort()
  : ['recorded networks'];
const scratch = mkdtempSync(join(tmpdir(), 'xfdnn-verify-'));

function flagsOf(name: string) {
  const {
    calibration_directory,
    deploy_model,
    weights,
    dims,
    transpose,
    channel_swap,
    raw_scale,
    mean_value,
    input_scale,
    overlay,
  } = walkFlagsOf(join(walk, name));
  return {
    deploy_model,
    weights,
    dims,
    transpose,
    channel_swap,
    raw_scale,
    mean_value,
    input_scale,
    overlay,
    images: calibration_directory,
    scaling: join(walk, name, 'expected.json'),
  };
}
const entriesOf = (name: string): ScalingEntry[] =>
  JSON.parse(readFileSync(join(walk, name, 'expected.json'), 'utf8')).network;
const written = (name: string, entries: readonly ScalingEntry[]): string => {
  const path = join(scratch, `${name}.json`);
  writeFileSync(path, formatScaling(entries));
  return path;
};
const at = (list: readonly number[], index: number, value: number): number[] =>
  list.map((old, i) => (i === index ? value : old));

for (const name of cases) {
  testShared(`the dumps of ${name} equal the emulation`, async () => {
    const { dumps, firstDifference } = await verifyDumps({ ...flagsOf(name), dumps: join(walk, name, 'overlay') });
    assert.is(dumps.length, readdirSync(join(walk, name, 'overlay')).filter((file) => file.endsWith('.npy')).length);
    assert.is(firstDifference, null);
  });
}

testShared('with a broken shift the first layer that differs is named', async () => {
  const folder = join(scratch, 'k-leaky-dumps');
  const blobs = ['leaky1', 'pool1', 'prelu2', 'leaky3', 'prelu4', 'leaky5'];
  const { images, ...flags } = flagsOf('k-leaky');
  await run({ ...flags, blobs, calibration_directory: images, calibration_indices: [0, 1], output_dir: folder });
  const broken = entriesOf('k-leaky').map((entry) =>
    entry.name === 'conv3'
      ? { ...entry, postscale_shift: at(entry.postscale_shift, 4, entry.postscale_shift[4]! + 1) }
      : entry,
  );
  const { firstDifference, dumps } = await verifyDumps({
    ...flagsOf('k-leaky'),
    dumps: folder,
    scaling: written('shift', broken),
  });
  assert.equal(
    dumps.map(({ file }) => file),
    blobs.map((blob) => `${blob}.npy`),
  );
  assert.equal([firstDifference!.layer, firstDifference!.first!.channel, firstDifference!.images], ['leaky3', 4, 2]);
  assert.equal(
    dumps.filter(({ differing }) => differing > 0).map(({ layer }) => layer),
    ['leaky3', 'prelu4', 'leaky5'],
  );
});

testShared('run writes the recorded codes, of their width', async () => {
  for (const name of ['a-tiny', 'e-tiny-16bit', 'd-depthwise-bn']) {
    const { images, ...flags } = flagsOf(name);
    const recorded = readdirSync(join(walk, name, 'overlay')).filter((file) => file.startsWith('pool'));
    const blobs = recorded.map((file) => file.replace(/@.*$/, ''));
    const { files } = await run({
      ...flags,
      blobs,
      calibration_directory: images,
      calibration_indices: [0],
      output_dir: join(scratch, name),
    });
    files.forEach(({ path }, i) => {
      const [mine, theirs] = [
        readNpy(readFileSync(path), path),
        readNpy(readFileSync(join(walk, name, 'overlay', recorded[i]!)), recorded[i]!),
      ];
      assert.is(mine.data.constructor, name === 'e-tiny-16bit' ? Int16Array : Int8Array);
      assert.equal([...mine.data], [...theirs.data], `${name} ${recorded[i]}`);
    });
  }
});

testShared('a missing layer and a wrong channel count are named', async () => {
  const message = (entries: readonly ScalingEntry[], file: string): Promise<string> =>
    verify({ ...flagsOf('a-tiny'), scaling: written(file, entries), threads: 1 }).then(
      () => '',
      (error: Error) => error.message,
    );
  const [conv1, conv2] = entriesOf('a-tiny') as [ScalingEntry, ScalingEntry];
  assert.match(
    await message([conv1], 'missing'),
    /layer "conv2" \(Convolution\): expected an entry of its name in the scaling file, got none\./,
  );
  const lists = ['th_params', 'sf_params', 'prescale_shift', 'scale', 'postscale_shift'] as const;
  const shorter = { ...conv2, ...Object.fromEntries(lists.map((key) => [key, conv2[key]!.slice(1)])) } as ScalingEntry;
  assert.match(
    await message([conv1, shorter], 'shorter'),
    /layer "conv2" \(Convolution\): expected an entry of \d+ channels, got \d+\./,
  );
});

testShared('on v3, 16 bits are closer to float than 8, alone and as deployed', async () => {
  const flags = { ...flagsOf('e-tiny-v3'), threads: 1 };
  const wider = rescale(entriesOf('e-tiny-v3'), 'v3', { overlay: 'v3', widths: { input: 16, params: 16, output: 16 } });
  const [narrow, wide] = [await verify(flags), await verify({ ...flags, scaling: written('wide', wider) })];
  const layer = (result: VerifyResult, name: string) => result.layers.find((one) => one.name === name)!;
  for (const name of ['conv1', 'conv2']) {
    assert.ok(layer(wide, name).accumulated.sqnr > layer(narrow, name).accumulated.sqnr + 6, name);
    assert.ok(layer(wide, name).isolated!.sqnr > layer(narrow, name).isolated!.sqnr + 6, name);
  }
  // Before the first layer only the input is rounded, which it sees alike alone and as deployed.
  assert.equal(layer(narrow, 'conv1').isolated, layer(narrow, 'conv1').accumulated);
  assert.is(wide.agreement!.top1, 1);
  assert.match(wide.verdict, /^Layer "pool2" \(Pooling\) hurts most: quantized alone it keeps [\d.]+ dB/);
});

testShared('workers change nothing', async () => {
  for (const name of ['a-tiny', 'j-nested-concat'])
    assert.equal(await verify({ ...flagsOf(name), threads: 3 }), await verify({ ...flagsOf(name), threads: 1 }));
});

testShared('gates are missed with a reason, and met without', async () => {
  const flags = { ...flagsOf('a-tiny'), threads: 1, image_count: 2 };
  const met = await verify({ ...flags, min_sqnr: -20, min_agreement: 0 });
  assert.equal([met.images, met.missed], [2, []]);
  const missed = await verify({ ...flags, min_sqnr: 90 });
  assert.match(
    missed.missed.join(),
    /^--min_sqnr: expected at least 90 dB at every layer, got [\d.-]+ dB at layer "\w+"\.$/,
  );
  const labels = join(scratch, 'labels.txt');
  assert.is(met.accuracy, null);
  writeFileSync(
    labels,
    readdirSync(flags.images!)
      .map((file) => `some/where/${file} 3\n`)
      .join(''),
  );
  const labelled = await verify({ ...flags, labels, max_accuracy_drop: 1 });
  assert.ok(labelled.accuracy !== null && labelled.missed.length === 0);
});

test('labels are read by file name; a missing or broken line is named', async () => {
  const path = join(scratch, 'classes.txt');
  writeFileSync(path, '# comment\n\nb c.png 4\ndir/a.png\t10\r\n');
  assert.equal(await readLabels(path, ['a.png', 'b c.png'], 11), [10, 4]);
  const message = (names: string[]): Promise<string> =>
    readLabels(path, names, 11).then(
      () => '',
      (error: Error) => error.message,
    );
  assert.match(await message(['z.png']), /classes\.txt: expected a line for the image "z\.png", got none\./);
  writeFileSync(path, 'b.png 0\na.png 11\n');
  assert.match(await message(['a.png']), /classes\.txt:2: expected a class from 0 to 10, got 11\./);
  writeFileSync(path, 'a.png cat\n');
  assert.match(await message(['a.png']), /classes\.txt:1: expected "file class", got "a\.png cat"\./);
});

test.run();

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../src/jobs/run.js';
import { verifyDumps } from '../../src/jobs/verify-dumps.js';
import { testShared } from '../support.js';
import { cases, entriesOf, flagsOf, scratch, walk, written } from './recorded-walks.js';

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

test.run();

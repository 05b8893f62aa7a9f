import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type VerifyResult, verify } from '../../src/jobs/verify.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { rescale } from '../../src/scaling-file/rescale.js';
import { testShared } from '../support.js';
import { entriesOf, flagsOf, scratch, written } from './recorded-walks.js';

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
    /entry "conv2" of the scaling file: expected \d+ channels, as .*layer "conv2" \(Convolution\) has, got \d+ thresholds of weights and \d+ triples\./,
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
  assert.match(wide.hurtsMost, /^Layer "pool2" \(Pooling\) hurts most: quantized alone it keeps [\d.]+ dB/);
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
    readdirSync(String(flags.images))
      .map((file) => `some/where/${file} 3\n`)
      .join(''),
  );
  const labelled = await verify({ ...flags, labels, max_accuracy_drop: 1 });
  assert.ok(labelled.accuracy !== null && labelled.missed.length === 0);
});

test.run();

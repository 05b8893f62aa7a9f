import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QuantizeFlags } from '../../src/jobs/quantize.js';
import { quantize } from '../../src/jobs/quantize.js';
import { type VerifyFlags, type VerifyResult, verify } from '../../src/jobs/verify.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';

/** The example, broken in ways that users break their networks in; each is named. One channel times 50 is in verdict.test.ts. */
const example = join(root, 'examples/cifar10');
const folder = smallNetwork();
const network = { deploy_model: join(example, 'deploy.prototxt'), weights: join(example, 'model.caffemodel') };
const [scaling, manifest] = [join(folder, 'q.json'), join(folder, 'm.json')];

/** What a run says on the way. */
const heard: string[] = [];
const hooks = { warn: (line: string) => heard.push(line) };

/** Calibrates with some flags, the right ones where there are none. */
async function calibrated(flags: Partial<QuantizeFlags> = {}): Promise<void> {
  heard.length = 0;
  const sample = { calibration_directory: join(example, 'calibration'), calibration_size: 16, calibration_seed: 1 };
  await quantize({ ...network, ...sample, ...flags, output_json: scaling, manifest, no_quick_look: true }, hooks);
}

/** Verifies with some flags, the right ones where there are none. */
function verified(flags: Partial<VerifyFlags> = {}): Promise<VerifyResult> {
  return verify({ ...network, images: join(example, 'test'), image_count: 20, scaling, ...flags }, hooks);
}

/** As many images as it takes to tell the accuracy of float from the one that is known. */
const known = { image_count: 100, labels: join(example, 'labels.txt'), expect_accuracy: 0.89 };

test('the right flags: good, nothing missed, nothing to warn of', async () => {
  await calibrated();
  const { verdict, missed } = await verified({ manifest, ...known });
  assert.equal([verdict.grade, verdict.cliff, missed, heard], ['good', null, [], []]);
});

test('channels in another order at the calibration only: found from the manifest', async () => {
  await calibrated({ channel_swap: [0, 1, 2] });
  await verified({ manifest });
  assert.is(heard.length, 1);
  assert.match(
    heard[0]!,
    /^warning: the images enter with --channel_swap 2,1,0, those of the calibration with --channel_swap 0,1,2 \(.*m\.json\)\./,
  );
});

test('another mean at the calibration only: found from the manifest', async () => {
  await calibrated({ mean_value: [0, 0, 0] });
  await verified({ manifest });
  assert.match(heard.join('\n'), /with --mean_value 104,117,123, those of the calibration with --mean_value 0,0,0 /);
});

test("another range at the calibration only: found from the input's threshold, with the flags that help", async () => {
  await calibrated({ raw_scale: 1, mean_value: [0, 0, 0] });
  const { verdict } = await verified();
  assert.equal([verdict.grade, verdict.cliff?.layer], ['broken', 'data']);
  assert.equal(
    verdict.causes.map(({ kind }) => kind),
    ['other input than calibrated on'],
  );
  assert.equal(verdict.next, ['--channel_swap 2,1,0 --raw_scale 255 --mean_value 104,117,123 --input_scale 1']);
});

test('another mean at the verification only: named too', async () => {
  await calibrated();
  const { verdict } = await verified({ mean_value: [0, 0, 0] });
  assert.equal(
    verdict.causes.map(({ kind }) => kind),
    ['other input than calibrated on'],
  );
  assert.match(verdict.next.join(), /--mean_value 0,0,0/);
});

test('channels in another order on both sides: missed where the accuracy of float is known', async () => {
  const channel_swap = [0, 1, 2];
  await calibrated({ channel_swap });
  const { verdict, missed } = await verified({ channel_swap, manifest, ...known });
  assert.is.not(verdict.grade, 'broken', 'the overlay does what float does');
  assert.equal([missed.length, heard], [1, []]);
  assert.match(
    missed[0]!,
    /^--expect_accuracy: expected about 89\.00 % in float, got 7\d\.00 % .*The likely cause is preprocessing/,
  );
});

test('--raw_scale 1 on both sides: warned of at each, and missed', async () => {
  await calibrated({ raw_scale: 1 });
  assert.match(heard.join('\n'), /the network's input hardly varies on the first image: from -123 to -103/);
  const { missed } = await verified({ raw_scale: 1, ...known });
  assert.match(
    heard.join('\n'),
    /The network in float gives class \d for all 100 images\. Check the preprocessing flags/,
  );
  assert.match(missed.join('\n'), /^--expect_accuracy: /);
});

test('--raw_scale 0 is refused by name, before any work', async () => {
  const refused = /^--raw_scale: expected a factor other than 0, got 0: every image would be the same/;
  for (const job of [calibrated, verified])
    try {
      await job({ raw_scale: 0 });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, refused);
    }
});

test("another network's file is named", async () => {
  const other = { deploy_model: join(folder, 'net.prototxt'), weights: join(folder, 'net.caffemodel') };
  const images = { calibration_directory: join(folder, 'images'), calibration_size: 1, calibration_seed: 1 };
  await quantize({ ...other, ...images, output_json: scaling, no_quick_look: true });
  const message = await verified().then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(
    message,
    /layer "res1\/conv1" .*: expected an entry of its name in the scaling file, got none\. Use the file that was made for this network/,
  );
});

test.run();

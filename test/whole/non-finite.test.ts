import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/formats/npy.js';
import { quantize } from '../../src/jobs/quantize.js';
import { run } from '../../src/jobs/run.js';
import { verify } from '../../src/jobs/verify.js';
import { smallNetwork } from '../cli/fixtures.js';

const folder = smallNetwork();
const at = (name: string): string => join(folder, name);
const network = { deploy_model: at('net.prototxt'), weights: at('net.caffemodel') };
const scaling = at('q.json');
await quantize({
  ...network,
  calibration_directory: at('images'),
  calibration_indices: [0, 1],
  output_json: scaling,
  threads: 1,
});

const array = (name: string, shape: readonly number[], change: (data: Float32Array) => void): string => {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i % 7) / 7);
  change(data);
  writeFileSync(at(name), writeNpy({ shape, data }));
  return at(name);
};

async function message(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (error: Error) => error.message,
  );
}

const shape = [2, 3, 8, 8];
const gates = { min_sqnr: -1000, min_agreement: 0 };

for (const value of [Number.NaN, Infinity, -Infinity]) {
  test(`an input of ${value} is no image of a verification, nor of a run on codes`, async () => {
    const input = array('bad.npy', shape, (data) => (data[200] = value));
    const expected = new RegExp(`^input "data" of image 2: expected finite values, got ${value} at element 8\\.`);
    assert.match(await message(verify({ ...network, scaling, input, ...gates, threads: 1 })), expected);
    assert.match(await message(run({ ...network, scaling, input, output_dir: at('codes') })), expected);
    assert.is(await message(run({ ...network, input, output_dir: at('floats') })), '');
  });
}

test('activations that overflow end a verification with the layer and the image', async () => {
  const input = array('huge.npy', shape, (data) => data.fill(3e38, 192));
  assert.match(
    await message(verify({ ...network, scaling, input, ...gates, threads: 1 })),
    /layer "\w+" \(\w+\): expected finite activations, got NaN or infinity in float32 for image 2\./,
  );
});

test('an array of no image is refused', async () => {
  const input = array('none.npy', [0, 3, 8, 8], () => undefined);
  const expected = /none\.npy: expected at least one image, got an array of none\./;
  assert.match(await message(verify({ ...network, scaling, input, ...gates })), expected);
  assert.match(await message(run({ ...network, input, output_dir: at('none') })), expected);
});

test.run();

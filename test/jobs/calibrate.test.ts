import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrate, loadCaffe, optimise } from '../../src/index.js';
import { root } from '../support.js';

const example = (name: string): Uint8Array => readFileSync(join(root, 'examples/cifar10', name));
const { graph } = optimise(loadCaffe({ prototxt: example('deploy.prototxt'), weights: example('model.caffemodel') }));
const widths = { input: 8, params: 8, output: 8 } as const;
const array = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i) * 50);

/** What calibrating on arrays says, with one thread and with two. */
async function messages(arrays: readonly Float32Array[]): Promise<string[]> {
  const one = (threads: number): Promise<string> =>
    calibrate(graph, { arrays }, { widths, threads }).then(
      () => 'no error',
      (error: Error) => error.message,
    );
  return [await one(1), await one(2)];
}

test('an array of the wrong length is named, whatever came before it and however many threads there are', async () => {
  for (const length of [100, 4000]) {
    for (const message of await messages([array(3072), array(length)])) {
      assert.match(
        message,
        new RegExp(
          `image 2 of the calibration batch: expected a Float32Array of 3072 values \\(1x3x32x32\\), got ${length}\\.`,
        ),
      );
    }
  }
});

test('an array of another kind is named', async () => {
  for (const message of await messages([[1, 2] as unknown as Float32Array]))
    assert.match(message, /image 1 of the calibration batch: expected a Float32Array of .* got something else\./);
});

test('widths are checked', async () => {
  const message = await calibrate(graph, { arrays: [array(3072)] }, { widths: { ...widths, input: 7 as 8 } }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /expected three of 8 and 16 .* got \[7,8,8\]\./);
});

test.run();

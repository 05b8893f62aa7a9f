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

const join2 = (inputs: string): string =>
  `${inputs}
  layer { name: "cat" type: "Concat" bottom: "a" bottom: "b" top: "cat" }
  layer { name: "conv" type: "Convolution" bottom: "cat" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
  layer { name: "out" type: "Eltwise" bottom: "conv" bottom: "conv" top: "out" }`;
const input = (name: string, channels: number): string =>
  `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { dim: [1, ${channels}, 6, 6] } } }`;

test('several inputs are calibrated as the parts of one, with any number of threads', async () => {
  const images = Array.from({ length: 5 }, (_, image) => array(216).map((value) => value * (image + 1)));
  const part = (from: number, to: number): Float32Array[] => images.map((data) => data.slice(from * 36, to * 36));
  const load = (prototxt: string) => loadCaffe({ prototxt, seedWeights: 1 });
  const two = load(join2(input('a', 2) + input('b', 4)));
  const slice = 'layer { name: "s" type: "Slice" bottom: "x" top: "a" top: "b" slice_param { slice_point: 2 } }';
  const one = load(join2(input('x', 6) + slice));
  const source = { inputs: [{ arrays: part(0, 2) }, { arrays: part(2, 6) }] };
  const measured = (graph: typeof two, from: typeof source | { arrays: Float32Array[] }, threads: number) =>
    calibrate(graph, from, { widths, threads, walk: 'reference' });
  const [joined, whole] = [await measured(two, source, 1), await measured(one, { arrays: images }, 1)];
  assert.equal(joined, whole);
  assert.equal(await measured(two, source, 3), joined);
  const progressive = (threads: number) => calibrate(optimise(two).graph, source, { widths, threads });
  assert.equal(await progressive(3), await progressive(1));
});

test('a network of several inputs needs a source for each', async () => {
  const two = loadCaffe({ prototxt: join2(input('a', 2) + input('b', 4)), seedWeights: 1 });
  const source = { inputs: [{ arrays: [array(72)] }] };
  const message = await calibrate(two, source, { widths, threads: 1 }).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /expected a source for each input, got none for input 2\./);
});

test.run();

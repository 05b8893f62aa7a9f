import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import {
  decodeImage,
  draw,
  type Image,
  loadCalibrationImage,
  prepareImage,
  resolvePreprocessing,
  toRgb,
} from '../../src/images/index.js';
import { shared, testShared } from '../support.js';
import { failure } from './failure.js';

const golden = join(shared, 'golden');

function bytes(...path: string[]): Uint8Array {
  return new Uint8Array(readFileSync(join(...path)));
}

function json<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(...path), 'utf8')) as T;
}

interface DecodeCase {
  image: string;
  expected: string;
  tolerance?: number;
}

testShared('decoded pixels: PNG exact, JPEG near libjpeg', async () => {
  for (const { image, expected, tolerance } of json<DecodeCase[]>(golden, 'decode/cases.json')) {
    const decoded = await decodeImage(bytes(golden, 'decode', image), image);
    const reference = readNpy(bytes(golden, 'decode', expected), expected);
    if (tolerance === undefined) checkJpeg(image, decoded, reference.data);
    else {
      assert.equal(reference.shape, [decoded.height, decoded.width, 3], image);
      assert.ok(greatestDifference(toRgb(decoded), reference.data) <= tolerance, image);
    }
  }
});

/** Every second row and column in levels: within 3, at chroma edges 12, on average below 0.6. */
function checkJpeg(name: string, image: Image, reference: ArrayLike<number>): void {
  const rgb = toRgb(image);
  let at = 0;
  let sum = 0;
  let far = 0;
  for (let y = 0; y < image.height; y += 2) {
    for (let x = 0; x < image.width; x += 2) {
      for (let c = 0; c < 3; c++) {
        const difference = Math.abs(rgb[(y * image.width + x) * 3 + c]! * 255 - reference[at++]!);
        assert.ok(difference < 12.01, `${name}: ${difference} at ${x},${y}`);
        if (difference > 3.01) far++;
        sum += difference;
      }
    }
  }
  assert.is(at, reference.length);
  assert.ok(sum / at < 0.6, `${name}: mean ${sum / at}`);
  assert.ok(far / at < 0.02, `${name}: ${far} of ${at} beyond 3 levels`);
}

function greatestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.is(a.length, b.length);
  let greatest = 0;
  for (let i = 0; i < a.length; i++) greatest = Math.max(greatest, Math.abs(a[i]! - b[i]!));
  return greatest;
}

interface PreprocessCase {
  image: string;
  dims: number[];
  transpose: number[];
  channel_swap: number[];
  raw_scale: number;
  mean_value: number[];
  input_scale: number;
  expected: string;
  tolerance: number;
}

testShared('network inputs equal the recorded ones', async () => {
  for (const entry of json<PreprocessCase[]>(golden, 'preprocess/cases.json')) {
    const options = resolvePreprocessing(
      {
        transpose: entry.transpose,
        channelSwap: entry.channel_swap,
        rawScale: entry.raw_scale,
        meanValue: entry.mean_value,
        inputScale: entry.input_scale,
      },
      { shape: [1, ...entry.dims], layout: 'NCHW', framework: 'caffe' },
    );
    const prepared = await prepareImage(bytes(golden, 'preprocess', entry.image), entry.image, options);
    const reference = readNpy(bytes(golden, 'preprocess', entry.expected), entry.expected);
    assert.is(prepared.data.length, reference.data.length);
    const difference = greatestDifference(prepared.data, reference.data);
    assert.ok(difference <= entry.tolerance, `${entry.image}: ${difference}`);
  }
});

testShared('the numpy sampler draws what NumPy draws', () => {
  for (const { n, k, seed, indices } of json<{ n: number; k: number; seed: number; indices: number[] }[]>(
    golden,
    'sampler.json',
  )) {
    assert.equal(draw(n, k, seed, 'numpy'), indices, `${n} ${k} ${seed}`);
  }
});

testShared('every collected image decodes to the size it is listed with', async () => {
  const folder = join(shared, 'models/images');
  const sizes = new Map(
    Array.from(
      readFileSync(join(folder, 'SOURCES.md'), 'utf8').matchAll(/^\| (\S+) \| \d+ \| (\d+x\d+) \| (\w+)/gm),
      (row) => [row[1]!, row],
    ),
  );
  for (const name of readdirSync(folder).filter((entry) => entry !== 'SOURCES.md')) {
    const image = await decodeImage(bytes(folder, name), name);
    assert.is(`${image.width}x${image.height}`, sizes.get(name)![2], name);
    assert.is(image.channels, sizes.get(name)![3] === 'L' ? 1 : 3, name);
    assert.is(image.data.length, image.width * image.height * image.channels, name);
  }
});

testShared(
  'every collected image becomes the input of a colour and of a grey network; what is cut off is named',
  async () => {
    const folder = join(shared, 'models/images');
    const inputs = [3, 1].map((channels) =>
      resolvePreprocessing({}, { shape: [1, channels, 96, 128], layout: 'NCHW', framework: 'caffe' }),
    );
    for (const name of readdirSync(folder).filter((entry) => entry !== 'SOURCES.md')) {
      for (const options of inputs) {
        const { data } = await loadCalibrationImage(join(folder, name), options);
        assert.is(data.length, options === inputs[0] ? 3 * 96 * 128 : 96 * 128, name);
        assert.ok(
          data.every((value) => value >= -123 && value <= 255) && data.some((value) => value !== data[0]),
          name,
        );
      }
      const whole = bytes(folder, name);
      const message = await failure(prepareImage(whole.subarray(0, Math.floor(whole.length * 0.4)), name, inputs[0]!));
      assert.ok(message.startsWith(name) && /broken|truncated/.test(message), message);
    }
  },
);

test.run();

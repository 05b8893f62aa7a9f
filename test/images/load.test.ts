import * as fs from 'node:fs';

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { XfdnnError } from '../../src/error.js';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import {
  chooseCalibrationFiles,
  isBadImage,
  loadCalibrationImage,
  prepareImage,
  resolvePreprocessing,
} from '../../src/images/index.js';
import { scratchFolder } from '../scratch.js';
import { shared, testShared } from '../support.js';
import { failure } from './failure.js';
import { writePng } from './png-writer.js';

const folder = scratchFolder();

const image = resolvePreprocessing(
  { rawScale: 1, meanValue: [0], channelSwap: [0, 1, 2] },
  { shape: [1, 3, 2, 2], layout: 'NCHW', framework: 'caffe' },
);
const scaled = resolvePreprocessing({ preset: 'raw01' }, { shape: [1, 3, 2, 2], layout: 'NCHW', framework: 'caffe' });
const array = resolvePreprocessing({}, { shape: [1, 5, 2], layout: 'NHWC', framework: 'tensorflow' });

const png = writePng({
  width: 2,
  height: 2,
  depth: 8,
  colorType: 2,
  samples: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255],
});

function npy(shape: number[], value: (i: number) => number): Uint8Array {
  return writeNpy({ shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)) });
}

test('the content decides, not the name', async () => {
  const expected = [1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1];
  fs.writeFileSync(join(folder, 'a.jpg'), png);
  const loaded = await loadCalibrationImage(join(folder, 'a.jpg'), image);
  assert.equal([loaded.name, loaded.shape, Array.from(loaded.data)], ['a.jpg', [3, 2, 2], expected]);
  const same = npy([2, 2, 3], (i) => [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1][i]!);
  assert.equal(Array.from((await prepareImage(same, 'b.png', image)).data), expected);
});

test("arrays of the network's own shape with channels first", async () => {
  const { data } = await prepareImage(
    npy([3, 2, 2], (i) => i / 12),
    'c.npy',
    image,
  );
  assert.equal(
    data,
    Float32Array.from({ length: 12 }, (_, i) => i / 12),
  );
});

test('grey arrays, with and without their axis', async () => {
  for (const shape of [
    [2, 2],
    [2, 2, 1],
  ]) {
    assert.equal(
      Array.from(
        (
          await prepareImage(
            npy(shape, (i) => i / 4),
            'g.npy',
            image,
          )
        ).data,
      ),
      [0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75],
    );
  }
});

test("arrays of the network's shape, with axes of 1 in front or without", async () => {
  for (const shape of [
    [5, 2],
    [1, 5, 2],
  ]) {
    assert.equal(
      Array.from(
        (
          await prepareImage(
            npy(shape, (i) => i - 5),
            'k.npy',
            array,
          )
        ).data,
      ),
      [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4],
    );
  }
});

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

const BAD: [string, Uint8Array, RegExp][] = [
  ['gif', text('GIF89a......'), /x: expected a PNG or JPEG image or a \.npy array, got a GIF image\. Convert it/],
  ['bmp', text('BM..........'), /got a BMP image/],
  ['webp', text('RIFF1234WEBPVP8 '), /got a WebP image/],
  ['tiff', text('II*\0....'), /got a TIFF image/],
  ['tiff, big-endian', text('MM\0*....'), /got a TIFF image/],
  ['avif', text('\0\0\0 ftypavif'), /got an AVIF image/],
  ['pnm', text('P6\n2 2\n255\n'), /got a PNM image/],
  ['pdf', text('%PDF-1.4'), /got a PDF document/],
  ['text', text('{"a": 1}\n'), /got a text/],
  ['empty', new Uint8Array(0), /got an empty file/],
  ['noise', Uint8Array.from([1, 2, 3, 4]), /got something else/],
  ['a PNG through a text mode', png.slice(0, 4), /got a PNG image damaged/],
  ['cut PNG', png.subarray(0, 40), /x at byte \d+: expected a whole PNG chunk/],
  ['cut array', npy([2, 2, 3], () => 0).subarray(0, 140), /x: expected 48 bytes of values/],
  ['channels first', npy([3, 2, 4], () => 0), /expected an array of shape H x W x 3 or H x W x 1, got 3x2x4/],
  ['a batch', npy([1, 2, 2, 3], () => 0), /got 1x2x2x3/],
  ['no pixels', npy([0, 2, 3], () => 0), /got 0x2x3/],
  [
    '0 to 255',
    npy([2, 2, 3], (i) => i * 20),
    /expected values in \[0, 1\], got 20\. Scale the array.* takes --raw_scale 1/,
  ],
  ['NaN', npy([2, 2, 3], (i) => (i === 4 ? NaN : 0)), /expected finite values, got NaN at element 4/],
  ['integers', writeNpy({ shape: [2, 2], data: new Int16Array(4) }), /expected floats in \[0, 1\], got integers/],
];

for (const [name, bytes, message] of BAD) {
  test(`a bad image is named: ${name}`, async () => {
    try {
      await prepareImage(bytes, 'x', scaled);
    } catch (error) {
      assert.match((error as Error).message, message);
      assert.ok(isBadImage(error));
      return;
    }
    assert.unreachable();
  });
}

test("arrays of the network's own values pass where the flags say that nothing scales them", async () => {
  const { data } = await prepareImage(
    npy([2, 2, 3], (i) => i - 6),
    'x',
    image,
  );
  assert.equal([...data], [-6, -3, 0, 3, -5, -2, 1, 4, -4, -1, 2, 5]);
});

test('a network whose input is no image takes arrays of its shape only', async () => {
  assert.match(await failure(prepareImage(png, 'x', array)), /x: expected a \.npy array of shape 5x2, got a PNG image/);
  assert.match(
    await failure(
      prepareImage(
        npy([2, 5], () => 0),
        'x',
        array,
      ),
    ),
    /expected an array of shape 5x2, got 2x5/,
  );
  assert.match(
    await failure(
      prepareImage(
        npy([5, 2], () => Infinity),
        'x',
        array,
      ),
    ),
    /expected finite values, got Infinity at element 0/,
  );
});

// Other systems refuse to make such a file, and Deno gives it another name.
(process.platform === 'linux' && !('Deno' in globalThis) ? test : test.skip)(
  'a file whose name is not UTF-8 is a bad image, named as such',
  async () => {
    const name = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe9, 0x2e, 0x70, 0x6e, 0x67])]);
    fs.writeFileSync(name, png);
    const listed = fs.readdirSync(folder).find((entry) => entry.includes('\ufffd'))!;
    try {
      await loadCalibrationImage(join(folder, listed), image);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, /expected a file name in UTF-8, got one in another encoding\. Rename/);
      assert.ok(isBadImage(error));
    }
  },
);

test('a missing file is no bad image', async () => {
  try {
    await loadCalibrationImage(join(folder, 'missing.png'), image);
    assert.unreachable();
  } catch (error) {
    assert.is((error as XfdnnError).code, 'file');
    assert.not.ok(isBadImage(error));
  }
});

test('the files are chosen from the sorted list, whatever the order they were made in', async () => {
  const some = join(folder, 'some');
  fs.mkdirSync(join(some, 'sub'), { recursive: true });
  for (const name of ['b', 'c', 'a', 'd']) fs.writeFileSync(join(some, name), Uint8Array.of(0xff, 0xd8, 0xff));
  const chosen = await chooseCalibrationFiles(some, { indices: [3, 0] });
  assert.equal(chosen, {
    names: ['a', 'd'],
    paths: [join(some, 'a'), join(some, 'd')],
    indices: [0, 3],
    seed: undefined,
    leftOut: [],
  });
  const drawn = await chooseCalibrationFiles(some, { size: 2, seed: 1 });
  assert.is(drawn.seed, 1);
  assert.is(drawn.names.length, 2);
});

test('an empty folder is named', async () => {
  const empty = join(folder, 'empty');
  fs.mkdirSync(empty);
  try {
    await chooseCalibrationFiles(empty, {});
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /empty: expected images or \.npy arrays, got an empty folder/);
  }
});

const golden = join(shared, 'golden');

function bytes(...path: string[]): Uint8Array {
  return new Uint8Array(fs.readFileSync(join(...path)));
}

function json<T>(...path: string[]): T {
  return JSON.parse(fs.readFileSync(join(...path), 'utf8')) as T;
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

testShared(
  'every collected image becomes the input of a colour and of a grey network; what is cut off is named',
  async () => {
    const folder = join(shared, 'models/images');
    const inputs = [3, 1].map((channels) =>
      resolvePreprocessing({}, { shape: [1, channels, 96, 128], layout: 'NCHW', framework: 'caffe' }),
    );
    for (const name of fs.readdirSync(folder).filter((entry) => entry !== 'SOURCES.md')) {
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

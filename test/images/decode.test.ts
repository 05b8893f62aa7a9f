import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import { decodeImage, type Image, toRgb } from '../../src/images/index.js';
import { shared, testShared } from '../support.js';

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

test.run();

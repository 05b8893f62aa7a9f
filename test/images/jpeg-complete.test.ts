import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeImage } from '../../src/images/index.js';
import { completeJpeg } from '../../src/images/jpeg-complete.js';
import { readJpegHeader } from '../../src/images/jpeg-header.js';
import { root } from '../support.js';
import { failure } from './failure.js';

const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(root, 'test/golden/jpeg', name)));
const names = ['420.jpg', 'gray-restart.jpg', '420-progressive.jpg', 'cmyk.jpg', 'rgb.jpg'];
const DHT = 0xc4;
const DQT = 0xdb;

/** The file with its segments before the first scan changed. */
function rebuilt(bytes: Uint8Array, change: (segment: Uint8Array, marker: number) => readonly number[]): Uint8Array {
  const { segments, scan } = readJpegHeader(bytes, 'x.jpg');
  const parts = segments.flatMap(({ marker, start, end }) => [...change(bytes.subarray(start, end), marker)]);
  return Uint8Array.from([...bytes.subarray(0, 2), ...parts, ...bytes.subarray(scan)]);
}

test('a whole file stays the same bytes', () => {
  for (const name of names) {
    const bytes = file(name);
    assert.is(completeJpeg(bytes, readJpegHeader(bytes, name)), bytes);
  }
});

test('bytes between segments are skipped, fill bytes and stuffed ones among them', async () => {
  for (const name of names) {
    const stray = rebuilt(file(name), (segment) => [...segment, 0, 0x12, 0xff, 0, 0xff, 0xff]);
    assert.equal(await decodeImage(stray, name), await decodeImage(file(name), name), name);
  }
});

test('frames without Huffman tables take the standard ones', async () => {
  for (const name of ['420.jpg', 'gray-restart.jpg', '422.jpg', '444.jpg']) {
    const without = rebuilt(file(name), (segment, marker) => (marker === DHT ? [] : [...segment]));
    assert.ok(without.length < file(name).length);
    assert.equal(await decodeImage(without, name), await decodeImage(file(name), name), name);
  }
});

test('missing quantization tables are named', async () => {
  const without = rebuilt(file('420.jpg'), (segment, marker) => (marker === DQT ? [] : [...segment]));
  assert.match(
    await failure(decodeImage(without, 'a.jpg')),
    /^a\.jpg: expected quantization table 0 before the first scan, got none\./,
  );
});

test.run();

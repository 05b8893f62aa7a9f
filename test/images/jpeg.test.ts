import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { XfdnnError } from '../../src/error.js';
import { readNpy } from '../../src/formats/npy.js';
import { decodeImage, toRgb } from '../../src/images/index.js';
import { root } from '../support.js';
import { failure } from './failure.js';

const folder = join(root, 'test/golden/jpeg');

function file(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}

/** `bytes` with the segment of this marker changed, or dropped where `change` gives nothing. */
function withSegment(
  bytes: Uint8Array,
  marker: number,
  change: (segment: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  let at = 2;
  while (bytes[at + 1] !== marker) at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  return Uint8Array.from([...bytes.subarray(0, at), ...(change(bytes.slice(at, end)) ?? []), ...bytes.subarray(end)]);
}

function setByte(at: number, value: number): (segment: Uint8Array) => Uint8Array {
  return (segment) => Uint8Array.from(segment, (byte, i) => (i === at ? value : byte));
}

test('every kind of file is within 3 levels of libjpeg', async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  assert.is(names.length, 11);
  for (const name of names) {
    const image = await decodeImage(file(name), name);
    const { shape, data } = readNpy(file(name.replace('.jpg', '.npy')), name);
    assert.equal([image.height, image.width, 3], shape, name);
    assert.is(image.channels, name.startsWith('gray') ? 1 : 3, name);
    const differences = Array.from(toRgb(image), (value, i) => Math.abs(value * 255 - data[i]!));
    assert.ok(Math.max(...differences) < 3.01, `${name}: ${Math.max(...differences)}`);
    assert.ok(differences.reduce((sum, value) => sum + value) / differences.length < 0.2, name);
  }
});

test('cut anywhere it is an error that names the file', async () => {
  for (const name of ['420.jpg', '420-progressive.jpg', '420-restart.jpg', 'gray-restart.jpg', 'cmyk.jpg']) {
    const bytes = file(name);
    for (let length = 3; length < bytes.length - 2; length += 7) {
      assert.ok(
        (await failure(decodeImage(bytes.subarray(0, length), name))).startsWith(name),
        `${name} cut at ${length}`,
      );
    }
    assert.match(await failure(decodeImage(bytes.subarray(0, bytes.length - 2), name)), /broken or truncated/);
  }
});

test('changed anywhere it is decoded or an error that names the file, and nothing else', async () => {
  const random = seedrandom('changed');
  let failures = 0;
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.jpg'))) {
    for (let trial = 0; trial < 150; trial++) {
      const bytes = file(name);
      for (let change = 0; change < 3; change++)
        bytes[2 + Math.floor(random() * (bytes.length - 2))] = Math.floor(random() * 256);
      try {
        const image = await decodeImage(bytes, name);
        assert.is(image.data.length, image.width * image.height * image.channels);
      } catch (error) {
        assert.instance(error, XfdnnError);
        assert.ok((error as Error).message.startsWith(name));
        failures++;
      }
    }
  }
  assert.ok(failures > 0);
});

test('restart markers that jpeg-js loses its way in are refused, and just those', async () => {
  const name = 'refused/420-progressive-restart.jpg';
  assert.match(
    await failure(decodeImage(file(name), name)),
    /^refused\/420-progressive-restart\.jpg: expected a JPEG image without restart markers, got a progressive one of 3 rows of blocks with a marker every 2, which jpeg-js cannot decode\. Save it again/,
  );
  assert.throws(() => jpeg.decode(file(name)), /unexpected marker|invalid huffman/);
  // The 15 blocks are whole intervals of 3 or 5, so the same header is let through.
  for (const interval of [3, 5])
    assert.not.match(
      await failure(decodeImage(withSegment(file(name), 0xdd, setByte(5, interval)), name)),
      /without restart markers/,
    );
});

test('three components are RGB where Adobe or the names of the components say so', async () => {
  const rgb = toRgb(await decodeImage(file('rgb.jpg'), 'rgb.jpg'));
  const reference = readNpy(file('rgb.npy'), 'rgb.npy').data;
  assert.ok(Math.abs(rgb[0]! * 255 - reference[0]!) <= 1.01);
  const encoded = jpeg.encode({ width: 8, height: 8, data: new Uint8Array(256).fill(200) }, 90).data;
  const bytes = new Uint8Array(encoded);
  const plain = (await decodeImage(bytes, 'a.jpg')).data.slice(0, 3);
  const adobe = (transform: number): Uint8Array =>
    Uint8Array.from([0xff, 0xee, 0, 14, ...new TextEncoder().encode('Adobe'), 0, 100, 0, 0, 0, 0, transform]);
  const raw = (
    await decodeImage(
      withSegment(bytes, 0xe0, () => adobe(0)),
      'a.jpg',
    )
  ).data.slice(0, 3);
  const converted = (
    await decodeImage(
      withSegment(bytes, 0xe0, () => adobe(1)),
      'a.jpg',
    )
  ).data.slice(0, 3);
  assert.equal(Array.from(plain), [200, 200, 200]);
  assert.equal(Array.from(converted), [200, 200, 200]);
  assert.equal(Array.from(raw), [200, 128, 128]);
});

test.run();

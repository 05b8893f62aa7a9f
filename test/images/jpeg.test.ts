import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { XfdnnError } from '../../src/error.js';
import { readNpy } from '../../src/formats/npy.js';
import { decodeImage, toRgb } from '../../src/images/index.js';
import { enlarge, fromYCbCr } from '../../src/images/jpeg/color.js';
import type { Component, Frame } from '../../src/images/jpeg/frame.js';
import { inverseTransform } from '../../src/images/jpeg/idct.js';
import { root } from '../support.js';
import { failure } from './failure.js';

const folder = join(root, 'test/golden/jpeg');

function file(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}

test('every kind of file is decoded to the pixels of libjpeg', async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  assert.is(names.length, 11);
  for (const name of names) {
    const image = await decodeImage(file(name), name);
    const { shape, data } = readNpy(file(name.replace('.jpg', '.npy')), name);
    assert.equal([image.height, image.width, 3], shape, name);
    assert.is(image.channels, name.startsWith('gray') ? 1 : 3, name);
    assert.equal(toRgb(image), Float32Array.from(data, (level) => level / 255), name);
  }
});

// One rounding to 2 fraction bits after the columns, one to integers after the rows.
test('the transform is that of the definition, rounded', () => {
  const random = seedrandom('transform');
  for (let trial = 0; trial < 200; trial++) {
    const coefficients = Int16Array.from({ length: 64 }, (_, k) => (random() < trial / 200 ? Math.round((random() - 0.5) * (k === 0 ? 120 : 40)) : 0));
    const quantization = Uint16Array.from({ length: 64 }, () => 1 + Math.floor(random() * 12));
    const { data } = inverseTransform({ ...onlyComponent(8, 8), coefficients, quantization });
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const exact = Math.min(Math.max(128 + cosineSum(coefficients, quantization, x, y), 0), 255);
        assert.ok(Math.abs(data[y * 8 + x]! - exact) <= 0.7, `${data[y * 8 + x]} for ${exact}`);
      }
    }
  }
});

/** T.81, A.3.3. */
function cosineSum(coefficients: Int16Array, quantization: Uint16Array, x: number, y: number): number {
  let sum = 0;
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      const scale = (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1);
      sum += scale * coefficients[v * 8 + u]! * quantization[v * 8 + u]! * Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.cos(((2 * y + 1) * v * Math.PI) / 16);
    }
  }
  return sum / 4;
}

function onlyComponent(width: number, height: number, h = 1, v = 1): Component {
  const [blocksAcross, blocksDown] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  return { id: 1, h, v, quantizationIndex: 0, width, height, blocksAcross, blocksDown, stride: blocksAcross, coefficients: new Int16Array(0), quantization: undefined };
}

function frameOf(width: number, height: number, maxH: number, maxV: number): Frame {
  return { progressive: false, width, height, mcusAcross: 0, mcusDown: 0, maxH, maxV, components: [] };
}

function randomPlane(width: number, height: number, seed: string): Uint8Array {
  const random = seedrandom(seed);
  return Uint8Array.from({ length: width * height }, () => Math.floor(random() * 256));
}

test('subsampled components are enlarged by the triangle filter', () => {
  for (const [h, v] of [[2, 1], [2, 2], [1, 2]] as const) {
    for (const [width, height] of [[5, 1], [6, 5], [7, 4], [16, 9]] as const) {
      const [w, t] = [Math.ceil(width / h), Math.ceil(height / v)];
      const data = randomPlane(w, t, 'chroma');
      const large = enlarge({ data, stride: w }, onlyComponent(w, t), frameOf(width, height, h, v));
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const exact = triangle(data, w, t, x / h - (h - 1) / (2 * h), y / v - (v - 1) / (2 * v));
          const got = large.data[y * large.stride + x]!;
          assert.ok(Math.abs(got - exact) <= 0.5, `${h}x${v} ${width}x${height} ${x},${y}: ${got} for ${exact}`);
        }
      }
    }
  }
});

/** Linear interpolation between sample centres, the edge repeated. */
function triangle(plane: Uint8Array, width: number, height: number, x: number, y: number): number {
  const at = (column: number, row: number): number => plane[Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)]!;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  return (1 - fy) * ((1 - fx) * at(left, top) + fx * at(left + 1, top)) + fy * ((1 - fx) * at(left, top + 1) + fx * at(left + 1, top + 1));
}

test('other ratios, and rows of two samples, repeat samples', () => {
  for (const [h, v, maxH, maxV, width, height] of [[1, 1, 1, 1, 3, 2], [1, 1, 4, 1, 9, 3], [1, 1, 3, 2, 7, 5], [2, 1, 3, 1, 7, 5], [1, 1, 2, 2, 4, 4]] as const) {
    const [w, t] = [Math.ceil((width * h) / maxH), Math.ceil((height * v) / maxV)];
    const data = randomPlane(w, t, 'repeat');
    const large = enlarge({ data, stride: w }, onlyComponent(w, t, h, v), frameOf(width, height, maxH, maxV));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) assert.is(large.data[y * large.stride + x], data[Math.floor((y * v) / maxV) * w + Math.floor((x * h) / maxH)]);
    }
  }
});

test('YCbCr becomes RGB by the equations of JFIF', () => {
  for (let cb = 0; cb < 256; cb += 5) {
    for (let cr = 0; cr < 256; cr += 5) {
      for (const y of [0, 1, 77, 128, 254, 255]) {
        const exact = [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)];
        const rgb = fromYCbCr([y, cb, cr].map((sample) => ({ data: Uint8Array.from([sample]), stride: 1 })), 1, 1);
        exact.forEach((value, k) => assert.ok(Math.abs(rgb[k]! - Math.min(Math.max(value, 0), 255)) <= 0.51, `${y} ${cb} ${cr}: ${rgb}`));
      }
    }
  }
});

test('cut anywhere it is an error that names the file', async () => {
  for (const name of ['420.jpg', '420-progressive.jpg', '420-restart.jpg', 'gray-restart.jpg', 'cmyk.jpg']) {
    const bytes = file(name);
    for (let length = 3; length < bytes.length - 2; length += 7) {
      assert.ok((await failure(decodeImage(bytes.subarray(0, length), name))).startsWith(name), `${name} cut at ${length}`);
    }
    assert.match(await failure(decodeImage(bytes.subarray(0, bytes.length - 2), name)), /expected (a marker|more image data), got the end of the file\. The JPEG image is broken or truncated/);
  }
});

test('changed anywhere it is decoded or an error that names the file, and nothing else', async () => {
  const random = seedrandom('changed');
  let failures = 0;
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.jpg'))) {
    for (let trial = 0; trial < 150; trial++) {
      const bytes = file(name);
      for (let change = 0; change < 3; change++) bytes[2 + Math.floor(random() * (bytes.length - 2))] = Math.floor(random() * 256);
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

/** `bytes` with the segment of this marker changed, or dropped where `change` gives nothing. */
function withSegment(bytes: Uint8Array, marker: number, change: (segment: Uint8Array) => Uint8Array | undefined): Uint8Array {
  let at = 2;
  while (bytes[at + 1] !== marker) at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  return Uint8Array.from([...bytes.subarray(0, at), ...(change(bytes.slice(at, end)) ?? []), ...bytes.subarray(end)]);
}

function setByte(at: number, value: number): (segment: Uint8Array) => Uint8Array {
  return (segment) => Uint8Array.from(segment, (byte, i) => (i === at ? value : byte));
}

test('kinds that are not read say which they are', async () => {
  const color = file('444.jpg');
  const cases: [Uint8Array, RegExp][] = [
    [withSegment(color, 0xc0, setByte(1, 0xc3)), /a\.jpg: expected a baseline or progressive JPEG image, got a lossless one/],
    [withSegment(color, 0xc0, setByte(1, 0xc9)), /got one with arithmetic coding/],
    [withSegment(color, 0xc0, setByte(4, 12)), /expected a JPEG image of 8 bits, got one of 12/],
    [withSegment(withSegment(color, 0xc0, setByte(5, 0)), 0xc0, setByte(6, 0)), /1 pixel to 300 megapixels, got 37x0/],
    [withSegment(color, 0xc0, setByte(9, 2)), /1, 3 or 4 components, got 2/],
    [withSegment(color, 0xc0, () => undefined), /expected a frame header before the first scan/],
    [withSegment(file('cmyk.jpg'), 0xee, () => undefined), /expected an Adobe marker/],
    [Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]), /a\.jpg at byte 4: expected a frame, got none/],
  ];
  for (const [bytes, message] of cases) assert.match(await failure(decodeImage(bytes, 'a.jpg')), message);
});

test('three components are RGB where Adobe or the names of the components say so', async () => {
  const rgb = toRgb(await decodeImage(file('rgb.jpg'), 'rgb.jpg'));
  const reference = readNpy(file('rgb.npy'), 'rgb.npy').data;
  assert.ok(Math.abs(rgb[0]! * 255 - reference[0]!) <= 1.01);
  const bytes = file('444.jpg');
  const plain = (await decodeImage(bytes, 'a.jpg')).data.slice(0, 3);
  const adobe = (transform: number): Uint8Array => Uint8Array.from([0xff, 0xee, 0, 14, ...new TextEncoder().encode('Adobe'), 0, 100, 0, 0, 0, 0, transform]);
  const raw = (await decodeImage(withSegment(bytes, 0xe0, () => adobe(0)), 'a.jpg')).data.slice(0, 3);
  const converted = (await decodeImage(withSegment(bytes, 0xe0, () => adobe(1)), 'a.jpg')).data.slice(0, 3);
  assert.equal(converted, plain);
  assert.not.equal(raw, plain);
  const planes = Array.from(raw, (sample) => ({ data: Uint8Array.from([sample]), stride: 1 }));
  assert.equal(fromYCbCr(planes, 1, 1), plain);
});

test.run();

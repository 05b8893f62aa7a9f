import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { XfdnnError } from '../../src/error.js';
import { readNpy } from '../../src/formats/npy.js';
import { decodeImage, toRgb } from '../../src/images/index.js';
import { convertHalvedYCbCr, convertYCbCr, hasHalvedChroma } from '../../src/images/jpeg-color.js';
import { readJpegHeader } from '../../src/images/jpeg-header.js';
import { smoothSubsampled } from '../../src/images/jpeg-smooth.js';
import { WARM_UP_FILES, warmUpOf } from '../../src/images/jpeg-warm-up.js';
import { root } from '../support.js';
import { failure } from './failure.js';

const folder = join(root, 'test/golden/jpeg');

function file(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
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

test('subsampled components are enlarged by the triangle filter', () => {
  const random = seedrandom('chroma');
  for (const [h, v] of [
    [2, 1],
    [2, 2],
    [1, 2],
  ] as const) {
    for (const [width, height] of [
      [5, 1],
      [6, 5],
      [7, 4],
      [16, 9],
    ] as const) {
      const small = (k: number): number[] =>
        Array.from({ length: Math.ceil(width / h) * Math.ceil(height / v) }, () =>
          k === 0 ? 0 : Math.floor(random() * 256),
        );
      const planes = [small(0), small(1), small(2)];
      const samples = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        return planes[i % 3]![
          Math.floor(Math.floor(pixel / width) / v) * Math.ceil(width / h) + Math.floor((pixel % width) / h)
        ]!;
      });
      const smooth = samples.slice();
      smoothSubsampled(smooth, width, height, [
        { h, v },
        { h: 1, v: 1 },
        { h: 1, v: 1 },
      ]);
      for (let i = 0; i < smooth.length; i++) {
        const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        const exact = triangle(
          planes[i % 3]!,
          Math.ceil(width / h),
          Math.ceil(height / v),
          x / h - (h - 1) / (2 * h),
          y / v - (v - 1) / (2 * v),
        );
        assert.ok(
          Math.abs(smooth[i]! - exact) <= 0.5,
          `${h}x${v} ${width}x${height} ${x},${y}: ${smooth[i]} for ${exact}`,
        );
      }
    }
  }
});

/** Linear interpolation between sample centres, the edge repeated. */
function triangle(plane: number[], width: number, height: number, x: number, y: number): number {
  const at = (column: number, row: number): number =>
    plane[Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)]!;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  return (
    (1 - fy) * ((1 - fx) * at(left, top) + fx * at(left + 1, top)) +
    fy * ((1 - fx) * at(left, top + 1) + fx * at(left + 1, top + 1))
  );
}

test('components of the full size, of a third, and rows of two samples stay as they are', () => {
  const random = seedrandom('stay');
  const samples = Uint8Array.from({ length: 4 * 4 * 3 }, () => Math.floor(random() * 256));
  for (const sampling of [
    [
      { h: 1, v: 1 },
      { h: 1, v: 1 },
    ],
    [
      { h: 3, v: 1 },
      { h: 1, v: 1 },
    ],
    [
      { h: 2, v: 2 },
      { h: 1, v: 1 },
    ],
  ]) {
    const copy = samples.slice();
    smoothSubsampled(copy, 4, 4, [sampling[0]!, sampling[1]!, sampling[1]!]);
    assert.equal(copy, samples);
  }
});

test('YCbCr becomes RGB by the equations of JFIF', () => {
  for (let cb = 0; cb < 256; cb += 5) {
    for (let cr = 0; cr < 256; cr += 5) {
      for (const y of [0, 1, 77, 128, 254, 255]) {
        const exact = [
          y + 1.402 * (cr - 128),
          y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
          y + 1.772 * (cb - 128),
        ];
        const rgb = Uint8Array.from([y, cb, cr]);
        convertYCbCr(rgb);
        exact.forEach((value, k) =>
          assert.ok(Math.abs(rgb[k]! - Math.min(Math.max(value, 0), 255)) <= 0.51, `${y} ${cb} ${cr}: ${rgb}`),
        );
      }
    }
  }
});

test('halved chroma is enlarged and converted in one pass to what two passes give', () => {
  const random = seedrandom('halved');
  for (const [y, c] of [
    [
      { h: 2, v: 2 },
      { h: 1, v: 1 },
    ],
    [
      { h: 2, v: 1 },
      { h: 1, v: 1 },
    ],
    [
      { h: 4, v: 2 },
      { h: 2, v: 2 },
    ],
  ] as const) {
    const components = [y, c, c];
    for (const width of [5, 6, 7, 8, 31, 64, 700]) {
      for (const height of [1, 2, 3, 4, 9]) {
        assert.ok(hasHalvedChroma(components, width));
        const samples = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
        const twice = samples.slice();
        smoothSubsampled(twice, width, height, components);
        convertYCbCr(twice);
        assert.equal(
          convertHalvedYCbCr(samples, width, height, components),
          twice,
          `${width}x${height} ${JSON.stringify(components)}`,
        );
      }
    }
  }
});

test('other chroma is not taken for halved', () => {
  const [full, half] = [
    { h: 2, v: 2 },
    { h: 1, v: 1 },
  ];
  assert.not(hasHalvedChroma([full, half, half], 4));
  const others = [
    [half, half, half],
    [half, full, full],
    [full, half, full],
    [{ h: 1, v: 2 }, half, half],
    [{ h: 4, v: 1 }, half, half],
    [{ h: 2, v: 4 }, half, half],
    [full, half, { h: 1, v: 2 }],
  ];
  for (const components of others) assert.not(hasHalvedChroma(components, 64), JSON.stringify(components));
});

test('the files that warm jpeg-js up are of the kinds they are there for, and decoded once', async () => {
  const files = WARM_UP_FILES.map((base64) => new Uint8Array(Buffer.from(base64, 'base64')));
  const headers = files.map((bytes) => readJpegHeader(bytes, 'a.jpg'));
  assert.equal(
    headers.map(({ progressive }) => progressive),
    [false, false, true],
  );
  assert.equal(
    headers.map(({ restartInterval }) => restartInterval > 0),
    [false, true, false],
  );
  assert.equal(
    headers.map(({ components }) => components[0]!.h * components[0]!.v),
    [4, 1, 4],
  );
  for (const bytes of files) assert.is((await decodeImage(bytes, 'a.jpg')).data.length, 21 * 19 * 3);
  const seen: Uint8Array[] = [];
  const warmUp = warmUpOf((bytes) => seen.push(bytes));
  for (let call = 0; call < 2; call++) warmUp();
  assert.equal(seen, [...files, ...files]);
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

test('kinds that are not read say which they are', async () => {
  const color = file('444.jpg');
  const cases: [Uint8Array, RegExp][] = [
    [
      withSegment(color, 0xc0, setByte(1, 0xc3)),
      /a\.jpg: expected a baseline or progressive JPEG image, got a lossless one/,
    ],
    [withSegment(color, 0xc0, setByte(1, 0xc9)), /got one with arithmetic coding/],
    [withSegment(color, 0xc0, setByte(4, 12)), /expected a JPEG image of 8 bits, got one of 12/],
    [withSegment(withSegment(color, 0xc0, setByte(5, 0)), 0xc0, setByte(6, 0)), /1 pixel to 300 megapixels, got 37x0/],
    [
      withSegment(color, 0xc0, (segment) => setByte(7, 0xff)(setByte(5, 0x10)(segment))),
      /got a broken or truncated one \(\d+ bytes for 65317x4125 pixels\)/,
    ],
    [withSegment(color, 0xc0, setByte(11, 0x51)), /sampling factors from 1 to 4/],
    [withSegment(color, 0xc0, setByte(9, 2)), /1, 3 or 4 components, got 2/],
    [withSegment(color, 0xc0, () => undefined), /expected a frame header before the first scan/],
    [withSegment(file('cmyk.jpg'), 0xee, () => undefined), /expected an Adobe marker/],
    [Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]), /a\.jpg at byte 2: expected a JPEG segment, got the end of the image/],
  ];
  for (const [bytes, message] of cases) assert.match(await failure(decodeImage(bytes, 'a.jpg')), message);
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

import { deflateSync, inflateSync } from 'node:zlib';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeImage, toRgb } from '../../src/images/index.js';
import { failure } from './failure.js';
import { CHANNELS, type PngSource, pngChunk, writePng } from './png-writer.js';

const random = seedrandom('png');
const integer = (below: number): number => Math.floor(random() * below);

const DEPTHS = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] } as const;

function randomPng(
  colorType: PngSource['colorType'],
  depth: PngSource['depth'],
  width: number,
  height: number,
  interlaced: boolean,
): PngSource {
  const samples = Array.from({ length: width * height * CHANNELS[colorType] }, () => integer(2 ** depth));
  const palette = colorType === 3 ? Array.from({ length: 3 * 2 ** depth }, () => integer(256)) : undefined;
  return { width, height, depth, colorType, samples, interlaced, ...(palette && { palette }) };
}

/** The values that the format's definition gives for a source. */
function expected({ width, height, depth, colorType, samples, palette }: PngSource): Float32Array {
  const channels = CHANNELS[colorType];
  const isColor = colorType === 2 || colorType === 6;
  return Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3) * channels;
    if (palette !== undefined) return palette[samples[pixel]! * 3 + (i % 3)]! / 255;
    return samples[pixel + (isColor ? i % 3 : 0)]! / (2 ** depth - 1);
  });
}

test('every colour type, depth and interlacing, at awkward sizes', async () => {
  for (const colorType of [0, 2, 3, 4, 6] as const) {
    for (const depth of DEPTHS[colorType]) {
      for (const interlaced of [false, true]) {
        for (const [width, height] of [
          [1, 1],
          [2, 3],
          [9, 7],
          [17, 13],
        ] as const) {
          const source = randomPng(colorType, depth, width, height, interlaced);
          const image = await decodeImage(writePng(source), 'x.png');
          const name = `type ${colorType}, ${depth} bits, ${width}x${height}${interlaced ? ', interlaced' : ''}`;
          assert.equal(
            [image.width, image.height, image.channels],
            [width, height, colorType === 0 || colorType === 4 ? 1 : 3],
            name,
          );
          assert.equal(toRgb(image), expected(source), name);
        }
      }
    }
  }
});

test('a transparent colour keeps its colour, a transparent palette entry too', async () => {
  for (const [colorType, content] of [
    [0, [0, 7]],
    [2, [0, 7, 0, 8, 0, 9]],
    [3, [0, 128]],
  ] as const) {
    const source: PngSource = {
      width: 2,
      height: 1,
      depth: 8,
      colorType,
      samples: colorType === 2 ? [7, 8, 9, 1, 2, 3] : colorType === 3 ? [0, 1] : [7, 1],
      ...(colorType === 3 && { palette: [7, 8, 9, 1, 2, 3] }),
      extra: [
        ['tRNS', Uint8Array.from(content)],
        ['gAMA', Uint8Array.from([0, 0, 0xb1, 0x8f])],
      ],
    };
    assert.equal(toRgb(await decodeImage(writePng(source), 'x.png')), expected(source));
  }
});

test('what follows the image does not matter', async () => {
  const source = randomPng(2, 8, 3, 3, false);
  assert.equal(toRgb(await decodeImage(Uint8Array.from([...writePng(source), 1, 2, 3]), 'x.png')), expected(source));
});

test('cut anywhere, or with one byte changed, it is an error that names the file', async () => {
  for (const interlaced of [false, true]) {
    const good = writePng(randomPng(2, 8, 5, 4, interlaced));
    for (let length = 8; length < good.length; length++) {
      assert.match(
        await failure(decodeImage(good.subarray(0, length), 'a.png')),
        /a\.png at byte \d+: expected a whole PNG chunk/,
        `cut at ${length}`,
      );
    }
    for (let at = 8; at < good.length; at++) {
      const bad = good.slice();
      bad[at]! ^= 0x10;
      assert.match(await failure(decodeImage(bad, 'a.png')), /^a\.png/, `changed at ${at}`);
    }
  }
});

test('missing parts and unknown ones are named', async () => {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const head = (width: number, ...rest: number[]): number[] =>
    pngChunk('IHDR', Uint8Array.from([0, 0, 0, width, 0, 0, 0, 4, ...rest]));
  const grey = head(4, 8, 0, 0, 0, 0);
  const data = (bytes: Uint8Array): number[] => pngChunk('IDAT', bytes);
  const whole = deflateSync(new Uint8Array(20));
  const end = pngChunk('IEND', new Uint8Array(0));
  const badChecksum = (chunk: number[]): number[] => [...chunk.slice(0, -1), chunk.at(-1)! ^ 1];
  const cases: [number[], RegExp][] = [
    [[...end], /^a\.png at byte 8: expected a PNG header chunk, got "IEND"/],
    [
      [...pngChunk('CgBI', new Uint8Array(4)), ...grey, ...end],
      /a\.png at byte 8: expected a PNG header chunk, got "CgBI"/,
    ],
    [[...grey, ...grey, ...end], /a\.png at byte 33: expected a PNG chunk, got "IHDR"/],
    [[...grey, ...pngChunk('ABCD', new Uint8Array(4)), ...end], /a\.png at byte 33: expected a PNG chunk, got "ABCD"/],
    [[...pngChunk('IHDR', new Uint8Array(5)), ...end], /a\.png at byte 8: expected a PNG header of 13 bytes, got 5/],
    [
      [...head(0, 8, 0, 0, 0, 0), ...end],
      /expected an image of 1 to 65535 pixels a side that takes at most \d+ bytes, got 0x4/,
    ],
    [[...head(4, 3, 0, 0, 0, 0), ...end], /got colour type 0 with 3 bits/],
    [[...head(4, 16, 3, 0, 0, 0), ...end], /got colour type 3 with 16 bits/],
    [[...head(4, 8, 5, 0, 0, 0), ...end], /got colour type 5/],
    [[...head(4, 8, 0, 0, 0, 2), ...end], /interlacing 2/],
    [[...head(4, 8, 3, 0, 0, 0), ...data(whole), ...end], /a broken one \(Expected palette not found\)/],
    [
      [
        ...head(4, 8, 3, 0, 0, 0),
        ...pngChunk('PLTE', new Uint8Array(3)),
        ...data(deflateSync(new Uint8Array(20).fill(1))),
        ...end,
      ],
      /a broken one \(index 1 not in palette\)/,
    ],
    [[...grey, ...end], /a\.png: expected a whole PNG image, got a broken one/],
    [[...grey, ...data(new Uint8Array(0)), ...end], /a broken one/],
    [[...grey, ...data(whole.subarray(0, -5)), ...end], /a broken one/],
    [
      [...grey, ...data(Uint8Array.from(whole, (byte, i) => (i === whole.length - 1 ? byte ^ 1 : byte))), ...end],
      /a broken one \(incorrect data check\)/,
    ],
    [[...grey, ...data(deflateSync(new Uint8Array(13))), ...end], /a broken one \(7 of 20 bytes are missing\)/],
    [[...head(4, 8, 0, 0, 0, 1), ...data(deflateSync(new Uint8Array(22))), ...end], /a broken one/],
    [[...grey, ...data(deflateSync(new Uint8Array(1e8))), ...end], /a broken one/],
    [
      [...grey, ...data(whole), ...badChecksum(data(Uint8Array.of(1))), ...end],
      /the checksum of the chunk at byte \d+ fails/,
    ],
    [
      [...grey, ...data(deflateSync(new Uint8Array(20).fill(5))), ...end],
      /a broken one \(Unrecognised filter type - 5\)/,
    ],
  ];
  for (const [bytes, message] of cases)
    assert.match(await failure(decodeImage(Uint8Array.from([...signature, ...bytes]), 'a.png')), message);
});

test('data in several chunks, and some bytes too many, are taken', async () => {
  const source = randomPng(0, 8, 4, 4, false);
  const file = writePng(source);
  const rows = Uint8Array.from([0, 1, 2, 3].flatMap((y) => [0, ...source.samples.slice(4 * y, 4 * y + 4)]));
  const stream = deflateSync(Uint8Array.from([...rows, 9, 9]));
  const parts = [stream.subarray(0, 5), new Uint8Array(0), stream.subarray(5)].flatMap((part) =>
    pngChunk('IDAT', part),
  );
  const image = await decodeImage(
    Uint8Array.from([...file.subarray(0, 33), ...parts, ...pngChunk('IEND', new Uint8Array(0))]),
    'x.png',
  );
  assert.equal(toRgb(image), expected(source));
});

test('bytes behind the image data do not matter, in the data, behind its stream or in chunks of their own', async () => {
  for (const interlaced of [false, true]) {
    const source = randomPng(2, 8, 5, 4, interlaced);
    const file = writePng(source);
    const length = new DataView(file.buffer).getUint32(33);
    const stream = file.subarray(41, 41 + length);
    const rows = inflateSync(stream);
    const forms: Record<string, Uint8Array[]> = {
      'in the data': [deflateSync(Buffer.concat([rows, Buffer.alloc(100_000, 7)]))],
      'behind the stream': [Uint8Array.from([...stream, 0, 0, 0, 0, 9])],
      'in another chunk': [stream, Uint8Array.of(1, 2, 3, 4)],
      'a second stream': [stream, stream],
    };
    for (const [name, parts] of Object.entries(forms)) {
      const chunks = parts.flatMap((part) => pngChunk('IDAT', part));
      const bytes = Uint8Array.from([...file.subarray(0, 33), ...chunks, ...pngChunk('IEND', new Uint8Array(0))]);
      assert.equal(toRgb(await decodeImage(bytes, 'x.png')), expected(source), `${name}, ${interlaced}`);
    }
  }
});

test.run();

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeImage } from '../../src/images/index.js';
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

test('kinds that are not read say which they are', async () => {
  const color = file('444.jpg');
  const cases: [Uint8Array, RegExp][] = [
    [
      withSegment(color, 0xc0, setByte(1, 0xc3)),
      /a\.jpg: expected a baseline or progressive JPEG image, got a lossless one/,
    ],
    [withSegment(color, 0xc0, setByte(1, 0xc9)), /got one with arithmetic coding/],
    [withSegment(color, 0xc0, setByte(4, 12)), /expected a JPEG image of 8 bits, got one of 12/],
    [
      withSegment(withSegment(color, 0xc0, setByte(5, 0)), 0xc0, setByte(6, 0)),
      /1 to 65535 pixels a side that takes at most \d+ bytes, got 37x0/,
    ],
    [
      withSegment(color, 0xc0, (segment) => setByte(7, 0xff)(setByte(5, 0x10)(segment))),
      /pixels a side that takes at most \d+ bytes, got 65317x4125 pixels/,
    ],
    [withSegment(color, 0xc0, setByte(11, 0x51)), /sampling factors from 1 to 4/],
    [withSegment(color, 0xc0, setByte(9, 2)), /1, 3 or 4 components, got 2/],
    [withSegment(color, 0xc0, () => undefined), /expected a frame header before the first scan/],
    [withSegment(file('cmyk.jpg'), 0xee, () => undefined), /expected an Adobe marker/],
    [Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]), /a\.jpg at byte 2: expected a JPEG segment, got the end of the image/],
  ];
  for (const [bytes, message] of cases) assert.match(await failure(decodeImage(bytes, 'a.jpg')), message);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeMessage } from '../../src/formats/protobuf.js';
import type { Message } from '../../src/formats/schema.js';
import { parseSchema } from '../../src/formats/schema.js';
import { ProtobufWriter } from '../protobuf-writer.js';

const root = parseSchema(`syntax = "proto2";
  enum Colour { RED = 0; BLUE = 5; }
  message Inner { repeated float data = 5 [packed = true]; repeated double wide = 8; optional bytes raw = 12; repeated int64 dim = 1 [packed = true]; }
  message Outer { optional string name = 1; repeated Inner inner = 7; optional Inner one = 9; optional Colour colour = 2; optional float slope = 3; optional bool flag = 4; optional int32 small = 6; repeated string words = 10; }
`);
const outer = root.lookupType('Outer');
const build = ProtobufWriter.build;

function decode(bytes: Uint8Array, consume = false): Message {
  return decodeMessage(outer, bytes, { where: 'file', consume });
}

function first(message: Message): Record<string, any> {
  return (message['inner'] as Record<string, any>[])[0]!;
}

test('scalars, strings, enums by name, negative integers, unknown fields of every wire type', () => {
  const bytes = build((w) =>
    w
      .string(1, 'conv1/é')
      .integer(2, 5)
      .tag(3, 5)
      .raw(0xcd, 0xcc, 0xcc, 0x3d)
      .integer(4, 1)
      .integer(6, -3n)
      .string(10, 'a')
      .string(10, 'b')
      .integer(900, 2n ** 63n)
      .tag(901, 1)
      .raw(1, 2, 3, 4, 5, 6, 7, 8)
      .string(902, 'skip')
      .tag(903, 5)
      .raw(1, 2, 3, 4)
      .tag(904, 3)
      .integer(1, 2)
      .tag(904, 4),
  );
  assert.equal(decode(bytes), {
    name: 'conv1/é',
    colour: 'BLUE',
    slope: Math.fround(0.1),
    flag: true,
    small: -3,
    words: ['a', 'b'],
  });
});

test('floats: packed, unpacked, in pieces, doubles; aligned payloads are views', () => {
  const values = Array.from({ length: 50 }, (_, index) => index * 0.5 - 7);
  for (let pad = 0; pad < 8; pad++) {
    for (const consume of [false, true]) {
      const bytes = build((w) =>
        w
          .string(1, 'x'.repeat(pad))
          .message(7, (inner) => inner.packedFloats(5, values).packedDoubles(8, values).block(12, [1, 2, 3])),
      );
      const { data, wide, raw } = first(decode(bytes, consume));
      assert.equal(
        [Array.from(data), Array.from(wide), Array.from(raw)],
        [values, values, [1, 2, 3]],
        `pad ${pad}, consume ${consume}`,
      );
      assert.instance(data, Float32Array);
      assert.instance(wide, Float64Array);
      if (consume) assert.ok(data.buffer === bytes.buffer, `a view at pad ${pad}`);
    }
  }
  const pieces = build((w) =>
    w.message(7, (inner) =>
      inner
        .packedFloats(5, [1, 2])
        .unpackedFloats(5, [3, 4, 5])
        .packedFloats(5, [6])
        .packedIntegers(1, [300, 2])
        .integer(1, 7),
    ),
  );
  assert.equal(Array.from(first(decode(pieces))['data']), [1, 2, 3, 4, 5, 6]);
  assert.equal(first(decode(pieces))['dim'], [300, 2, 7]);
});

test('a singular message given twice is merged', () => {
  const bytes = build((w) =>
    w
      .message(9, (one) => one.packedFloats(5, [1]))
      .message(9, (one) => one.packedFloats(5, [2]).packedIntegers(1, [4])),
  );
  const one = decode(bytes)['one'] as Record<string, any>;
  assert.equal(Array.from(one['data']), [1, 2]);
  assert.equal(one['dim'], [4]);
});

test('only the fields asked for', () => {
  const bytes = build((w) => w.string(1, 'n').message(7, (inner) => inner.packedFloats(5, [1]).packedIntegers(1, [1])));
  const message = decodeMessage(outer, bytes, {
    where: 'file',
    keep: (type, field) => type === 'Outer' || field === 'dim',
  });
  assert.equal(message, { name: 'n', inner: [{ dim: [1] }] });
});

test('corrupt input names byte and field', () => {
  const cases: [Uint8Array, RegExp][] = [
    [
      build((w) => w.string(1, 'ok').tag(7, 6)),
      /^file at byte 4: invalid wire type 6 in Outer\.inner; the file may be truncated\.$/,
    ],
    [build((w) => w.tag(7, 0).varint(3)), /^file at byte 0: invalid wire type 0 in Outer\.inner;/],
    [
      build((w) => w.tag(7, 2).varint(100).raw(1)),
      /^file at byte 0: expected 100 bytes in Outer\.inner, got 1; the file is truncated or corrupt\./,
    ],
    [
      build((w) => w.message(7, (inner) => inner.tag(5, 2).varint(8).raw(0, 0))),
      /^file at byte 2: expected 8 bytes in Inner\.data, got 2;/,
    ],
    [
      build((w) => w.message(7, (inner) => inner.block(5, [1, 2, 3]))),
      /^file at byte 2: 3 bytes are no whole number of floats in Inner\.data;/,
    ],
    [
      build((w) => w.message(7, (inner) => inner.tag(5, 5).raw(1, 2))),
      /^file at byte 2: expected 4 bytes in Inner\.data, got 2;/,
    ],
    [
      build((w) => w.message(7, (inner) => inner.raw(0x0a, 0x01, 0xff))).slice(0, 5),
      /^file at byte 4: the data ends inside Inner\.dim;/,
    ],
    [Uint8Array.of(0x08), /^file at byte 0: invalid wire type 0 in Outer\.name/],
    [Uint8Array.of(0x30), /^file at byte 1: the data ends inside Outer\.small;/],
    [Uint8Array.of(0x00, 0x01), /^file at byte 0: invalid field number 0 in Outer;/],
  ];
  for (const [bytes, pattern] of cases)
    assert.throws(
      () => decode(bytes),
      (error: Error) => pattern.test(error.message) || assert.unreachable(error.message),
    );
});

test('every prefix of a message decodes or fails with a byte offset, never otherwise', () => {
  const bytes = build((w) =>
    w
      .string(1, 'net')
      .message(7, (inner) => inner.packedFloats(5, [1, 2, 3]).packedIntegers(1, [300]).unpackedFloats(5, [4]))
      .integer(6, 77777),
  );
  for (let length = 0; length < bytes.length; length++) {
    try {
      decode(bytes.slice(0, length));
    } catch (error) {
      assert.match((error as Error).message, /^file at byte \d+: /);
    }
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { topFields } from '../../src/formats/wire-fields.js';
import { ProtobufWriter } from '../protobuf-writer.js';

test('numbers, wire types and payloads of the first fields', () => {
  const bytes = ProtobufWriter.build((message) =>
    message
      .integer(1, 300)
      .string(2, 'ab')
      .unpackedFloats(5, [1])
      .tag(6, 1)
      .raw(...new Uint8Array(8))
      .integer(100, 1),
  );
  assert.equal(
    topFields(bytes, 4).map(({ number, wire, payload }) => [number, wire, payload.length]),
    [
      [1, 0, 0],
      [2, 2, 2],
      [5, 5, 0],
      [6, 1, 0],
    ],
  );
  assert.is(topFields(bytes, 9).length, 5);
});

test('a payload reaches to the end of the data at most', () => {
  assert.equal(topFields(Uint8Array.of(0x0a, 9, 1, 2), 3)[0]?.payload, Uint8Array.of(1, 2));
});

test('bytes that are no message have no fields', () => {
  for (const bytes of [[0], [7], [0x0b], [0x08], [0x08, 0xff], [0x0a, 0x80]])
    assert.equal(topFields(Uint8Array.from(bytes), 3), [], bytes.join());
});

test.run();

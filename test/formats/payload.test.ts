import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alignPayload, concatenate, floatView, halvesToFloats } from '../../src/formats/payload.js';

/** The value of a half-precision pattern by its definition. */
function half(bits: number): number {
  const fraction = bits & 1023;
  const exponent = (bits >> 10) & 31;
  const magnitude =
    exponent === 31
      ? fraction === 0
        ? Infinity
        : NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}

test('every half-precision pattern', () => {
  const bytes = new Uint8Array(2 * 65536);
  for (let bits = 0; bits < 65536; bits++) bytes.set([bits & 255, bits >> 8], 2 * bits);
  const floats = halvesToFloats(bytes);
  for (let bits = 0; bits < 65536; bits++)
    if (!Object.is(floats[bits], half(bits))) assert.is(floats[bits], half(bits), `pattern ${bits}`);
});

test('payloads move down over their header only as far as it reaches', () => {
  for (let from = 0; from < 16; from++) {
    for (let header = Math.max(0, from - 9); header <= from; header++) {
      const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
      const start = alignPayload(bytes, header, from, 12, 8);
      assert.ok(start >= header && start <= from);
      assert.is(start, from - (from % 8) >= header ? from - (from % 8) : from);
      assert.equal(
        Array.from(bytes.subarray(start, start + 12)),
        Array.from({ length: 12 }, (_, index) => from + index),
      );
    }
  }
});

test('a view of aligned bytes, a copy of others', () => {
  const bytes = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
  assert.ok(floatView(bytes, 4, 8, 4).buffer === bytes.buffer);
  const shifted = new Uint8Array(20).subarray(1, 17);
  shifted.set(bytes);
  assert.equal(Array.from(floatView(shifted, 4, 8, 4)), [2, 3]);
  assert.equal(concatenate([new Float32Array([1]), new Float32Array([2, 3])]), new Float32Array([1, 2, 3]));
  assert.equal(concatenate([new Float64Array([0.1]), new Float64Array([0.2])]), new Float64Array([0.1, 0.2]));
});

test.run();

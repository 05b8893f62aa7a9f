import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isNpy, readNpy, readNpyFloat32, writeNpy } from '../../src/formats/npy.js';
import { shared, testShared } from '../support.js';

/** A file with this header text, of this format version, unpadded unless the text is. */
function file(header: string, data: ArrayBufferLike, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...length,
    ...text,
    ...new Uint8Array(data),
  ]);
}

function header(type: string, shape: string, fortran = false): string {
  return `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }\n`;
}

/** Six values of a type, in the byte order given, made with a DataView. */
function six(bytes: number, set: (view: DataView, offset: number, k: number) => void): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(6 * bytes));
  for (let k = 0; k < 6; k++) set(view, k * bytes, k);
  return view.buffer as ArrayBuffer;
}

test('the written bytes are those of numpy.save', () => {
  const bytes = writeNpy({ shape: [2], data: new Float32Array([1, 2]) });
  assert.is(bytes.length, 128 + 8);
  const text = String.fromCharCode(...bytes.subarray(0, 128));
  assert.is(
    text,
    `${"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".padEnd(127)}\n`,
  );
});

test('what is written is read back', () => {
  for (const data of [
    new Float32Array([1.5, -2, 3e38, -0, NaN, 1e-45]),
    new Int8Array([1, -2, 3, -128, 127, 0]),
    new Int16Array([1, -2, 3, -32768, 5, 6]),
    new Int32Array([1, -2, 3, 4, 5, -(2 ** 31)]),
  ]) {
    for (const shape of [[6], [2, 3], [1, 6, 1], [3, 1, 2]]) {
      const back = readNpy(writeNpy({ shape, data }), 'x');
      assert.equal(back.shape, shape);
      assert.is(back.data.constructor, data.constructor);
      for (let k = 0; k < 6; k++) assert.ok(Object.is(back.data[k], data[k]), `${data.constructor.name} ${k}`);
    }
  }
  assert.equal(readNpy(writeNpy({ shape: [], data: new Float32Array([7]) }), 'x'), {
    shape: [],
    data: new Float32Array([7]),
  });
  assert.equal(readNpy(writeNpy({ shape: [0, 3], data: new Float32Array(0) }), 'x').shape, [0, 3]);
});

test('every NaN is written with the same bits', () => {
  const data = new Float32Array(new Uint32Array([0xffc00000, 0x7fc12345, 0x7f800001, 0x3f800000]).buffer);
  const written = writeNpy({ shape: [4], data });
  const view = new DataView(written.buffer, written.byteLength - 16);
  assert.equal(
    [0, 1, 2, 3].map((i) => view.getUint32(i * 4, true)),
    [0x7fc00000, 0x7fc00000, 0x7fc00000, 0x3f800000],
  );
});

test('every element type, both byte orders, every format version', () => {
  const expected = [-2, -1, 0, 1, 2, 3];
  const cases: [string, ArrayBuffer, number[]?][] = [
    ['u1', six(1, (view, at, k) => view.setUint8(at, k + 250)), [250, 251, 252, 253, 254, 255]],
    ['i1', six(1, (view, at, k) => view.setInt8(at, k - 2))],
  ];
  for (const little of [true, false]) {
    const order = little ? '<' : '>';
    cases.push([`${order}f4`, six(4, (view, at, k) => view.setFloat32(at, k - 2, little))]);
    cases.push([`${order}f8`, six(8, (view, at, k) => view.setFloat64(at, k - 2, little))]);
    cases.push([`${order}i2`, six(2, (view, at, k) => view.setInt16(at, k - 2, little))]);
    cases.push([`${order}i4`, six(4, (view, at, k) => view.setInt32(at, k - 2, little))]);
    cases.push([`${order}i8`, six(8, (view, at, k) => view.setBigInt64(at, BigInt(k - 2), little))]);
  }
  for (const [type, data, values = expected] of cases) {
    for (const version of [1, 2, 3]) {
      const read = readNpy(file(header(type.length === 2 ? `|${type}` : type, '(2, 3)'), data, version), 'x');
      assert.equal([read.shape, Array.from(read.data)], [[2, 3], values], `${type} ${version}`);
    }
  }
});

test('values need not be aligned, nor the array begin its buffer', () => {
  const written = writeNpy({ shape: [3], data: new Float32Array([1, 2, 3]) });
  for (let shift = 0; shift < 9; shift++) {
    const moved = new Uint8Array(written.length + shift + 5);
    moved.set(written, shift);
    assert.equal(readNpy(moved.subarray(shift), 'x').data, new Float32Array([1, 2, 3]));
  }
});

test('Fortran order becomes C order', () => {
  const shape = [2, 3, 4];
  const values = new Float64Array(24);
  for (let a = 0; a < 2; a++)
    for (let b = 0; b < 3; b++) for (let c = 0; c < 4; c++) values[a + 2 * b + 6 * c] = 100 * a + 10 * b + c;
  const read = readNpy(file(header('<f8', '(2, 3, 4)', true), values.buffer), 'x');
  assert.equal(read.shape, shape);
  for (let a = 0; a < 2; a++)
    for (let b = 0; b < 3; b++)
      for (let c = 0; c < 4; c++) assert.is(read.data[(a * 3 + b) * 4 + c], 100 * a + 10 * b + c);
});

test('as float32, rounded to nearest', () => {
  const data = new Float64Array([0.1, 1 + 2 ** -24, 1e300]);
  assert.equal(
    readNpyFloat32(file(header('<f8', '(3,)'), data.buffer), 'x').data,
    new Float32Array([Math.fround(0.1), 1, Infinity]),
  );
});

test('what is wrong is named with file and byte', () => {
  const good = writeNpy({ shape: [3], data: new Float32Array(3) });
  const cases: [Uint8Array, RegExp][] = [
    [new TextEncoder().encode('hello'), /a\.npy: expected a \.npy array/],
    [new Uint8Array(0), /a\.npy: expected a \.npy array/],
    [good.subarray(0, 6), /a\.npy at byte 6: .*end of the file/],
    [good.subarray(0, 9), /a\.npy at byte 9: expected the length/],
    [good.subarray(0, 50), /a\.npy at byte 50: expected a header up to byte 128/],
    [good.subarray(0, 139), /a\.npy: expected 12 bytes of values from byte 128, got 11\. The file is truncated/],
    [Uint8Array.from(good, (byte, i) => (i === 6 ? 9 : byte)), /format 1, 2 or 3, got 9/],
    [file('nonsense', new ArrayBuffer(0)), /at byte 10: expected a header .*got "nonsense"/],
    [file(header('|O', '(3,)'), new ArrayBuffer(24)), /expected values of one of f4.*got \|O.*Save them as float32/],
    [file(header('<c8', '(3,)'), new ArrayBuffer(24)), /got <c8/],
    [
      file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", new ArrayBuffer(24)),
      /expected a header with a plain descr/,
    ],
    [file(header('<f4', '(99999999999, 99999999999)'), new ArrayBuffer(24)), /a shape that fits memory/],
    [file(header('<i8', '(1,)'), new BigInt64Array([2n ** 60n]).buffer), /expected an integer below 2\^53/],
  ];
  for (const [bytes, message] of cases)
    assert.throws(
      () => readNpy(bytes, 'a.npy'),
      (error: Error) => message.test(error.message) || assert.unreachable(error.message),
    );
});

test('a format is told by its first bytes', () => {
  assert.ok(isNpy(writeNpy({ shape: [], data: new Float32Array(1) })));
  assert.not.ok(isNpy(new TextEncoder().encode('\x93NUMPY')));
});

testShared('arrays that NumPy wrote come back byte for byte', () => {
  const folder = join(shared, 'golden/decode');
  let float32 = 0;
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.npy'))) {
    const bytes = new Uint8Array(readFileSync(join(folder, name)));
    const { shape, data } = readNpy(bytes, name);
    if (!(data instanceof Float32Array)) continue;
    float32++;
    assert.equal(writeNpy({ shape, data }), bytes, name);
  }
  assert.ok(float32 > 0);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCaffemodel } from '../../src/caffe/caffemodel.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { throws } from '../throws.js';

const values = [1.5, -2, 0.1, 3e-8, 5, 6].map(Math.fround);

/** A caffemodel with one V2 layer "conv" of one blob. */
function model(blob: (writer: ProtobufWriter) => void): Uint8Array {
  return ProtobufWriter.build((net) =>
    net.string(1, 'net').message(100, (layer) => layer.string(1, 'conv').string(2, 'Convolution').message(7, blob)),
  );
}

function only(bytes: Uint8Array) {
  const blob = readCaffemodel(bytes, 'w').get('conv')![0]!;
  return [blob.shape, Array.from(blob.data)];
}

const shape = (writer: ProtobufWriter) => writer.message(7, (inner) => inner.packedIntegers(1, [2, 3]));

test('every storage of numbers and shapes', () => {
  const expected = [[2, 3], values];
  assert.equal(only(model((blob) => shape(blob).packedFloats(5, values))), expected);
  assert.equal(only(model((blob) => shape(blob).unpackedFloats(5, values))), expected);
  assert.equal(
    only(model((blob) => shape(blob).packedFloats(5, values.slice(0, 2)).packedFloats(5, values.slice(2)))),
    expected,
  );
  assert.equal(only(model((blob) => shape(blob).packedDoubles(8, [1.5, -2, 0.1, 3e-8, 5, 6]))), expected);
  assert.equal(
    only(model((blob) => blob.packedFloats(5, values).message(7, (inner) => inner.integer(1, 2).integer(1, 3)))),
    expected,
  );
  assert.equal(
    only(model((blob) => blob.integer(1, 1).integer(2, 1).integer(3, 2).integer(4, 3).packedFloats(5, values))),
    [[1, 1, 2, 3], values],
  );
  assert.equal(only(model((blob) => blob.packedFloats(5, values))), [[6], values]);
  assert.equal(
    only(model((blob) => shape(blob).packedFloats(5, values).packedFloats(6, [9, 9]))),
    expected,
    'diff is skipped',
  );
});

test("NVIDIA Caffe's raw data", () => {
  const bytes = (array: Float32Array | Float64Array | Uint16Array) => new Uint8Array(array.buffer);
  assert.equal(
    only(
      model((blob) =>
        shape(blob)
          .integer(10, 1)
          .block(12, bytes(new Float32Array(values))),
      ),
    ),
    [[2, 3], values],
  );
  assert.equal(
    only(
      model((blob) =>
        shape(blob)
          .integer(10, 0)
          .block(12, bytes(new Float64Array(values))),
      ),
    ),
    [[2, 3], values],
  );
  assert.equal(
    only(model((blob) => shape(blob).block(12, bytes(new Float64Array(values))))),
    [[2, 3], values],
    'double is the default',
  );
  assert.equal(
    only(
      model((blob) =>
        shape(blob)
          .integer(10, 2)
          .block(12, bytes(Uint16Array.of(0x3c00, 0xc000, 0x3555, 1, 0x7bff, 0))),
      ),
    ),
    [
      [2, 3],
      [1, -2, 0.333251953125, 2 ** -24, 65504, 0],
    ],
  );
  throws(
    () => only(model((blob) => shape(blob).integer(10, 3).block(12, [1, 2, 3]))),
    /^w: layer "conv", blob 0: expected raw data of type DOUBLE, FLOAT or FLOAT16, got INT\.$/,
  );
  throws(
    () => only(model((blob) => shape(blob).integer(10, 1).block(12, [1, 2, 3]))),
    /expected a whole number of 4-byte values, got 3 bytes/,
  );
});

test('V1 and V0 layers, parameters of forks, layers without blobs', () => {
  const blob = (writer: ProtobufWriter) => writer.packedFloats(5, [1, 2]);
  const bytes = ProtobufWriter.build((net) =>
    net
      .message(2, (v1) => v1.string(2, 'bottom').string(4, 'v1').integer(5, 4).message(6, blob).message(6, blob))
      .message(2, (v1) => v1.message(1, (v0) => v0.string(1, 'v0').message(50, blob)))
      .message(100, (layer) => layer.string(1, 'relu'))
      .message(100, (layer) =>
        layer.string(1, 'fork').tag(149, 0).varint(3).string(139, 'not a batch norm').message(7, blob),
      ),
  );
  const weights = readCaffemodel(bytes, 'w');
  assert.equal(
    [...weights].map(([name, blobs]) => [name, blobs.length]),
    [
      ['v1', 2],
      ['v0', 1],
      ['fork', 1],
    ],
  );
});

test('with consume, all but the smallest payloads are views, at any alignment', () => {
  const data = Array.from({ length: 100 }, (_, index) => index);
  for (let pad = 0; pad < 4; pad++) {
    const bytes = ProtobufWriter.build((net) =>
      net.string(1, 'n'.repeat(pad)).message(100, (layer) =>
        layer
          .string(1, 'a')
          .message(7, (blob) => blob.packedFloats(5, data))
          .message(7, (blob) => blob.packedFloats(5, data)),
      ),
    );
    for (const blob of readCaffemodel(bytes, 'w', true).get('a')!) {
      assert.equal(Array.from(blob.data), data);
      assert.ok(blob.data.buffer === bytes.buffer, `view at ${pad}`);
    }
  }
});

test('what is no caffemodel is named', () => {
  const text = new TextEncoder().encode('name: "x"\nlayer { }');
  throws(
    () => readCaffemodel(text, 'w'),
    /^w: this is a text file; expected a binary caffemodel\. Are model and weights swapped\?$/,
  );
  throws(
    () => readCaffemodel(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0, 0), 'w'),
    /^w: this is an HDF5 file; expected a binary caffemodel\./,
  );
  throws(() => readCaffemodel(new Uint8Array(0), 'w'), /^w: this is an empty file;/);
  throws(
    () =>
      readCaffemodel(
        ProtobufWriter.build((net) => net.string(1, 'x')),
        'w',
      ),
    /^w: expected layers with weights, got none\. Is this a caffemodel\?$/,
  );
  const whole = model((blob) => shape(blob).packedFloats(5, values));
  throws(
    () => readCaffemodel(whole.slice(0, -3), 'w'),
    /^w at byte 5: expected (\d+) bytes in NetParameter\.layer, got \d+; the file is truncated or corrupt\./,
  );
  throws(
    () => only(model((blob) => shape(blob).packedFloats(5, values.slice(1)))),
    /^w: layer "conv", blob 0: expected 6 numbers for its shape 2x3, got 5\. The file is corrupt\.$/,
  );
});

test.run();

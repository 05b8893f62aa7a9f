import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/formats/npy.js';
import { readMeanFile } from '../../src/images/mean-file.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { scratchFolder } from '../scratch.js';
import { failure } from './failure.js';

const folder = scratchFolder();

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A mean image of 3 x 1 x 2: the means of its channels are 1.5, 10 and 100. */
const values = [1, 2, 10, 10, 50, 150];
const means = [1.5, 10, 100];

test("Caffe's mean.binaryproto, sizes in the old fields or in a shape", async () => {
  const old = ProtobufWriter.build((writer) =>
    writer.integer(1, 1).integer(2, 3).integer(3, 1).integer(4, 2).packedFloats(5, values),
  );
  assert.equal(await readMeanFile(write('mean.binaryproto', old)), means);
  const shaped = ProtobufWriter.build((writer) =>
    writer.packedFloats(5, values).message(7, (shape) => shape.packedIntegers(1, [3, 1, 2])),
  );
  assert.equal(await readMeanFile(write('mean', shaped)), means);
});

test('arrays with channels first, last, and alone', async () => {
  const array = (shape: number[], data: number[]): string =>
    write(`${shape.join('x')}.npy`, writeNpy({ shape, data: Float32Array.from(data) }));
  assert.equal(await readMeanFile(array([3, 1, 2], values)), means);
  assert.equal(await readMeanFile(array([4, 1, 3], [1, 10, 50, 2, 10, 150, 1, 10, 50, 2, 10, 150])), means);
  assert.equal(await readMeanFile(array([3], means)), means);
});

test('another file is named', async () => {
  assert.match(await failure(readMeanFile(write('text', new TextEncoder().encode('104,117,123')))), /text/);
  const empty = ProtobufWriter.build((writer) => writer.integer(2, 3));
  assert.match(
    await failure(readMeanFile(write('empty', empty))),
    /expected a mean image of shape C x H x W, got 0 values/,
  );
  const array = (shape: number[], data: number[]): string =>
    write('odd.npy', writeNpy({ shape, data: Float32Array.from(data) }));
  assert.match(await failure(readMeanFile(array([], [7]))), /expected a mean image of shape C x H x W, got 1 values/);
  for (const odd of [Number.NaN, Infinity])
    assert.match(
      await failure(readMeanFile(array([3], [1, odd, 3]))),
      new RegExp(`odd\\.npy: expected finite values, got a channel whose mean is ${odd}\\.`),
    );
});

test.run();

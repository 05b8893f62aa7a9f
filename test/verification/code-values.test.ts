import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unquantizeTensor } from '../../src/fixed/index.js';
import { createEngine } from '../../src/kernels/engine.js';
import { CodeValues, nearestCodes } from '../../src/verification/code-values.js';

const engine = await createEngine();

test('values are rounded to the nearest code, ties to even, and limited to the symmetric range', () => {
  const grid = { threshold: 127, bits: 8 } as const;
  const codes = nearestCodes(engine, Float32Array.of(0.4, 0.5, 1.5, -2.5, 300, -300), grid);
  assert.equal([...codes], [0, 0, 2, -2, 127, -127]);
  assert.instance(nearestCodes(engine, new Float32Array(1), { ...grid, bits: 16 }), Int16Array);
  assert.equal([...nearestCodes(engine, Float32Array.of(3), { threshold: 0, bits: 8 })], [0]);
});

test('codes become values as unquantizeTensor has it; floats stay', () => {
  const values = new CodeValues();
  for (const [bits, codes] of [
    [8, Int8Array.of(-128, -1, 0, 1, 127)],
    [16, Int16Array.of(-32768, 5, 32767)],
  ] as const) {
    const placement = { kind: 'codes', grid: { threshold: 3.7, bits } } as const;
    for (let twice = 0; twice < 2; twice++) {
      const floats = values.floats({ placement, tensor: { shape: [codes.length], data: codes } });
      assert.equal(
        [...floats],
        Array.from(codes, (code) => unquantizeTensor(3.7, bits, code)),
      );
    }
  }
  const data = Float32Array.of(1, 2);
  assert.is(values.floats({ placement: { kind: 'float', grid: null }, tensor: { shape: [2], data } }), data);
});

test.run();

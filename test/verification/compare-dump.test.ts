import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareDump, mergeDumps } from '../../src/verification/compare-dump.js';

const codes = {
  placement: { kind: 'codes', grid: { threshold: 1, bits: 8 } },
  tensor: { shape: [1, 2, 1, 3], data: Int8Array.of(1, 2, 3, 4, 5, 6) },
} as const;

test('codes must be equal; the first difference is placed', () => {
  assert.equal(compareDump(Int8Array.of(1, 2, 3, 4, 5, 6), codes, 'NCHW', 0), {
    elements: 6,
    differing: 0,
    largest: 0,
    first: null,
  });
  assert.equal(compareDump(Int16Array.of(1, 2, 3, 4, 7, 3), codes, 'NCHW', 2), {
    elements: 6,
    differing: 2,
    largest: 3,
    first: { image: 2, channel: 1, row: 0, column: 1, dump: 7, emulated: 5 },
  });
});

test('host values may differ by 1e-5 of the largest; NaN differs from all', () => {
  const host = {
    placement: { kind: 'float', grid: null },
    tensor: { shape: [1, 2], data: Float32Array.of(100, 1) },
  } as const;
  assert.is(compareDump(Float32Array.of(100, 1.0005), host, 'NCHW', 0).differing, 0);
  assert.is(compareDump(Float32Array.of(100, 1.01), host, 'NCHW', 0).differing, 1);
  const bad = compareDump(Float32Array.of(NaN, 1), host, 'NCHW', 0);
  assert.equal([bad.differing, bad.first!.channel], [1, 0]);
});

test('of several images the first difference stays, counts add up', () => {
  const [same, other] = [
    compareDump(Int8Array.of(1, 2, 3, 4, 5, 6), codes, 'NCHW', 0),
    compareDump(Int8Array.of(0, 2, 3, 4, 5, 6), codes, 'NCHW', 1),
  ];
  assert.equal(mergeDumps(same, other), {
    elements: 12,
    differing: 1,
    largest: 1,
    first: { image: 1, channel: 0, row: 0, column: 0, dump: 0, emulated: 1 },
  });
});

test.run();

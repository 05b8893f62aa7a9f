import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { smoothSubsampled } from '../../src/images/jpeg-smooth.js';

/** Linear interpolation between sample centres, the edge repeated. */
function triangle(plane: number[], width: number, height: number, x: number, y: number): number {
  const at = (column: number, row: number): number =>
    plane[Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)]!;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  return (
    (1 - fy) * ((1 - fx) * at(left, top) + fx * at(left + 1, top)) +
    fy * ((1 - fx) * at(left, top + 1) + fx * at(left + 1, top + 1))
  );
}

test('subsampled components are enlarged by the triangle filter', () => {
  const random = seedrandom('chroma');
  for (const [h, v] of [
    [2, 1],
    [2, 2],
    [1, 2],
  ] as const) {
    for (const [width, height] of [
      [5, 1],
      [6, 5],
      [7, 4],
      [16, 9],
    ] as const) {
      const small = (k: number): number[] =>
        Array.from({ length: Math.ceil(width / h) * Math.ceil(height / v) }, () =>
          k === 0 ? 0 : Math.floor(random() * 256),
        );
      const planes = [small(0), small(1), small(2)];
      const samples = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        return planes[i % 3]![
          Math.floor(Math.floor(pixel / width) / v) * Math.ceil(width / h) + Math.floor((pixel % width) / h)
        ]!;
      });
      const smooth = samples.slice();
      smoothSubsampled(smooth, width, height, [
        { h, v },
        { h: 1, v: 1 },
        { h: 1, v: 1 },
      ]);
      for (let i = 0; i < smooth.length; i++) {
        const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        const exact = triangle(
          planes[i % 3]!,
          Math.ceil(width / h),
          Math.ceil(height / v),
          x / h - (h - 1) / (2 * h),
          y / v - (v - 1) / (2 * v),
        );
        assert.ok(
          Math.abs(smooth[i]! - exact) <= 0.5,
          `${h}x${v} ${width}x${height} ${x},${y}: ${smooth[i]} for ${exact}`,
        );
      }
    }
  }
});

test('components of the full size, of a third, and rows of two samples stay as they are', () => {
  const random = seedrandom('stay');
  const samples = Uint8Array.from({ length: 4 * 4 * 3 }, () => Math.floor(random() * 256));
  for (const sampling of [
    [
      { h: 1, v: 1 },
      { h: 1, v: 1 },
    ],
    [
      { h: 3, v: 1 },
      { h: 1, v: 1 },
    ],
    [
      { h: 2, v: 2 },
      { h: 1, v: 1 },
    ],
  ]) {
    const copy = samples.slice();
    smoothSubsampled(copy, 4, 4, [sampling[0]!, sampling[1]!, sampling[1]!]);
    assert.equal(copy, samples);
  }
});

test.run();

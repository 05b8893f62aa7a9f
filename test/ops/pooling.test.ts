import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import { type PoolingAttrs, pooling } from '../../src/ops/pooling/pooling.js';
import { integers } from '../kernels/random.js';
import { runLowering } from '../kernels/run.js';
import { at, sizes } from './geometry.js';
import { type Case, prepare, runCases } from './run-cases.js';

const max: PoolingAttrs = {
  operation: 'max',
  kernel: [3, 3],
  stride: [2, 2],
  pad: [0, 0, 0, 0],
  count: 'padded',
  ceil: true,
  layout: 'NCHW',
};
const average: PoolingAttrs = { ...max, operation: 'average' };

/** Every window by Caffe's words: clipped to the padded input, counted, then clipped to the input. */
function* windows(attrs: PoolingAttrs, input: readonly number[], output: readonly number[]) {
  const [from, to] = [sizes(attrs.layout, input), sizes(attrs.layout, output)];
  for (let c = 0; c < to[0]; c++)
    for (let oy = 0; oy < to[1]; oy++)
      for (let ox = 0; ox < to[2]; ox++) {
        const [y0, x0] = [oy * attrs.stride[0] - attrs.pad[0], ox * attrs.stride[1] - attrs.pad[1]];
        const [y1, x1] = [
          Math.min(y0 + attrs.kernel[0], from[1] + attrs.pad[2]),
          Math.min(x0 + attrs.kernel[1], from[2] + attrs.pad[3]),
        ];
        const inside: number[] = [];
        for (let y = y0; y < y1; y++)
          for (let x = x0; x < x1; x++) {
            if (y >= 0 && y < from[1] && x >= 0 && x < from[2]) inside.push(at(attrs.layout, from, c, y, x));
          }
        yield {
          output: at(attrs.layout, to, c, oy, ox),
          inside,
          count: attrs.count === 'padded' ? (y1 - y0) * (x1 - x0) : inside.length,
        };
      }
}

const expected: Case<PoolingAttrs>['expected'] = ([input], { attrs }) => {
  const shape = pooling.shape(attrs, [input!.shape])[0]!;
  const result = new Float64Array(shape.reduce((a, b) => a * b));
  for (const { output, inside, count } of windows(attrs, input!.shape, shape)) {
    const values = inside.map((i) => input!.data[i]!);
    result[output] = attrs.operation === 'max' ? Math.max(...values) : values.reduce((a, b) => a + b) / count;
  }
  return [result];
};

const square = { shape: [1, 1, 4, 4], data: Float32Array.from({ length: 16 }, (_, i) => i + 1) };
const negative = { shape: [1, 1, 2, 2], data: Float32Array.from([-4, -3, -2, -1]) };
const planar: Case<PoolingAttrs>[] = [
  {
    name: 'the size rounds up: a window of one column at the end',
    attrs: max,
    inputs: [square],
    shapes: [[1, 1, 2, 2]],
    expected: [[11, 12, 15, 16]],
    tolerance: 0,
  },
  {
    name: 'AVE: the last window counts what the input has',
    attrs: average,
    inputs: [square],
    shapes: [[1, 1, 2, 2]],
    expected: [[6, 7.5, 12, 13.5]],
    tolerance: 0,
  },
  {
    name: 'AVE: padding counts, as far as it goes',
    attrs: { ...average, kernel: [3, 3], pad: [1, 1, 1, 1] },
    inputs: [negative],
    shapes: [[1, 1, 2, 2]],
    expected: [[-10 / 9, -4 / 6, -3 / 6, -1 / 4].map(Math.fround)],
    tolerance: 0,
  },
  {
    name: 'AVE of the valid elements only',
    attrs: { ...average, pad: [1, 1, 1, 1], count: 'valid' },
    inputs: [negative],
    expected: [[-2.5, -2, -1.5, -1]],
    tolerance: 0,
  },
  {
    name: 'padding is never the largest',
    attrs: { ...max, stride: [1, 1], pad: [1, 1, 1, 1] },
    inputs: [negative],
    shapes: [[1, 1, 2, 2]],
    expected: [[-1, -1, -1, -1]],
    tolerance: 0,
  },
  {
    name: 'a window that would begin in the far padding is dropped',
    attrs: { ...max, kernel: [2, 2], pad: [1, 1, 1, 1] },
    inputs: [[1, 2, 3, 3]],
    shapes: [[1, 2, 2, 2]],
    expected,
  },
  { name: 'rounding down', attrs: { ...max, ceil: false }, inputs: [[1, 3, 8, 6]], shapes: [[1, 3, 3, 2]], expected },
  { name: 'rounding up', attrs: max, inputs: [[1, 3, 8, 6]], shapes: [[1, 3, 4, 3]], expected },
  {
    name: 'a window a little larger than the input',
    attrs: { ...max, kernel: [5, 5] },
    inputs: [square],
    shapes: [[1, 1, 1, 1]],
    expected: [[16]],
    tolerance: 0,
  },
  {
    name: 'AVE: a window a little larger than the input',
    attrs: { ...average, kernel: [6, 5], stride: [3, 2] },
    inputs: [square],
    shapes: [[1, 1, 1, 1]],
    expected: [[8.5]],
    tolerance: 0,
  },
  {
    name: 'global',
    attrs: { ...average, kernel: [7, 7], stride: [1, 1] },
    inputs: [[1, 5, 7, 7]],
    shapes: [[1, 5, 1, 1]],
    expected,
  },
  {
    name: 'rectangular',
    attrs: { ...average, kernel: [1, 4], stride: [3, 1], pad: [0, 2, 0, 1] },
    inputs: [[1, 3, 7, 9]],
    expected,
  },
  {
    name: 'wide MAX',
    attrs: { ...max, kernel: [5, 2], stride: [1, 3], pad: [2, 0, 2, 1] },
    inputs: [[1, 2, 9, 20]],
    expected,
  },
  {
    name: 'one pixel',
    attrs: { ...max, kernel: [1, 1], stride: [1, 1] },
    inputs: [[1, 2, 1, 1]],
    shapes: [[1, 2, 1, 1]],
    expected,
  },
  {
    name: 'AVE, uneven padding, many columns',
    attrs: { ...average, pad: [0, 1, 1, 2], count: 'valid', ceil: false },
    inputs: [[1, 4, 6, 37]],
    expected,
  },
];
const last = (shape: readonly number[]): number[] => [shape[0]!, shape[2]!, shape[3]!, shape[1]!];
const cases: Case<PoolingAttrs>[] = planar.flatMap((one) => [
  one,
  {
    ...one,
    name: `${one.name}, channels last`,
    attrs: { ...one.attrs, layout: 'NHWC' },
    layout: 'NHWC',
    shapes: one.shapes?.map(last),
    inputs: one.inputs.map((input) => ('data' in input ? { ...input, shape: last(input.shape) } : last(input))),
  },
]);

runCases(pooling, [
  {
    name: 'indices of the largest, the first of equal ones',
    attrs: { ...max, kernel: [2, 2], indices: true },
    inputs: [{ shape: [1, 2, 2, 3], data: Float32Array.from([1, 5, 2, 5, 0, 3, -1, -2, -3, -4, -5, -2]) }],
    shapes: [
      [1, 2, 1, 2],
      [1, 2, 1, 2],
    ],
    expected: [
      [5, 3, -1, -2],
      [1, 5, 0, 5],
    ],
    tolerance: 0,
  },
]);

runCases(pooling, cases, [
  {
    name: 'a kernel larger than the input',
    attrs: { ...max, kernel: [6, 6] },
    inputs: [[1, 1, 4, 4]],
    message: /kernel within the padded input, got 6 over 4/,
  },
  {
    name: 'a pad as large as the kernel',
    attrs: { ...max, pad: [3, 0, 0, 0] },
    inputs: [[1, 1, 4, 4]],
    message: /pad below the kernel's 3, got 3/,
  },
  {
    name: 'a window outside the input',
    attrs: { ...max, kernel: [1, 1], stride: [3, 3] },
    inputs: [[1, 1, 5, 5]],
    message: /every window to meet the input, got kernel 1x1 and stride 3x3 over 5x5/,
  },
  {
    name: 'a pad that no memory holds',
    attrs: {
      ...average,
      kernel: [2 ** 31, 2 ** 31],
      stride: [1, 1],
      pad: [2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1],
    },
    inputs: [[1, 1, 4, 4]],
    message: /padded input of fewer than 2\^30 elements/,
  },
  {
    name: 'more columns than an image has',
    attrs: { ...average, kernel: [1, 4e8], stride: [1, 1], pad: [0, 3e8, 0, 3e8] },
    inputs: [[1, 1, 1, 4]],
    message: /at most 2\^24 rows and columns, got 1x200000005/,
  },
  {
    name: 'a stride of 0',
    attrs: { ...max, stride: [0, 1] },
    inputs: [[1, 1, 4, 4]],
    message: /stride of at least 1, got 0/,
  },
]);

/** Half to even by an exact comparison of twice the rest. */
function roundedFraction(sum: number, count: number): bigint {
  const [a, b] = [BigInt(sum), BigInt(count)];
  const below = (a - (((a % b) + b) % b)) / b;
  const twice = 2n * (a - below * b);
  return twice > b || (twice === b && below % 2n !== 0n) ? below + 1n : below;
}

test('pooling of codes: the largest, the mean half to even, and sums', async () => {
  const engines = [await createEngine({ simd: 'wasm' }), await createEngine({ simd: 'twin' })];
  for (const [index, one] of cases.entries()) {
    const { node, inputs, shapes } = prepare(pooling, one, index);
    for (const bits of [8, 16] as const) {
      const limit = 2 ** (bits - 1) - 1;
      for (const extreme of [0, -limit, limit]) {
        const codes =
          extreme === 0
            ? integers(inputs[0]!.data.length, index, index % 2 === 0 ? 3 : limit)
            : new Int16Array(inputs[0]!.data.length).fill(extreme);
        const list = [...windows(one.attrs, shapes.inputs[0]!, shapes.outputs[0]!)];
        const sum = (inside: readonly number[]): number => inside.reduce((so, i) => so + codes[i]!, 0);
        const want = new Array<bigint>(list.length);
        const sums = new Array<bigint>(list.length);
        for (const { output, inside, count } of list) {
          want[output] =
            one.attrs.operation === 'max'
              ? BigInt(Math.max(...inside.map((i) => codes[i]!)))
              : roundedFraction(sum(inside), count);
          sums[output] = BigInt(sum(inside));
        }
        const [type, input] = bits === 8 ? [Int8Array, Int8Array.from(codes)] : [Int16Array, codes];
        for (const engine of engines) {
          const what = `${one.name}, ${bits} bits, ${engine.kind}`;
          const got = runLowering(engine, pooling.lowerCodes!(node, shapes, bits), [input], [[type, want.length]])[0]!;
          assert.equal(Array.from(got, BigInt as any), want, what);
          if (one.attrs.operation !== 'average') continue;
          const gotSums = runLowering(
            engine,
            pooling.lowerSums!(node, shapes, bits),
            [input],
            [[Int32Array, want.length]],
          )[0]!;
          assert.equal(Array.from(gotSums, BigInt as any), sums, `${what}: sums`);
        }
      }
    }
  }
});

test('the rule names the area, and the windows that count less', () => {
  const rule = (attrs: PoolingAttrs, shape: number[]) => {
    const { node, shapes } = prepare(pooling, { name: 'rule', attrs, inputs: [shape] }, 1);
    return pooling.rule(node, shapes);
  };
  assert.equal(rule(average, [1, 1, 4, 4]), {
    kind: 'pool',
    operation: 'average',
    area: 9,
    clipped: { windows: 3, of: 4, smallest: 4, lacking: 11 / 27 },
  });
  assert.equal(rule(average, [1, 1, 5, 5]), { kind: 'pool', operation: 'average', area: 9, clipped: null });
  assert.equal(rule({ ...average, pad: [1, 1, 1, 1] }, [1, 1, 5, 5]), {
    kind: 'pool',
    operation: 'average',
    area: 9,
    clipped: null,
  });
  assert.equal(rule({ ...average, pad: [1, 1, 1, 1], count: 'valid' }, [1, 1, 5, 5]), {
    kind: 'pool',
    operation: 'average',
    area: 9,
    clipped: { windows: 8, of: 9, smallest: 4, lacking: 32 / 72 },
  });
  assert.equal(rule({ ...average, kernel: [7, 7] }, [1, 1, 7, 7]), {
    kind: 'pool',
    operation: 'average',
    area: 49,
    clipped: null,
  });
});

test('sums of 16-bit codes that int32 cannot hold are refused', () => {
  const { node, shapes } = prepare(
    pooling,
    { name: 'large', attrs: { ...average, kernel: [256, 256] }, inputs: [[1, 1, 256, 256]] },
    1,
  );
  assert.throws(() => pooling.lowerCodes!(node, shapes, 16), /fewer than 65536 elements at 16 bits, got 256x256/);
  assert.not.throws(() => pooling.lowerCodes!(node, shapes, 8));
});

test.run();

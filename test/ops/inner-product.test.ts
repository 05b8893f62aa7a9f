import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type InnerProductAttrs, innerProduct } from '../../src/ops/inner-product.js';
import { checkAbsorb } from './absorb.js';
import { type Case, type Products, runCases } from './run-cases.js';

const plain: InnerProductAttrs = { outChannels: 5, axis: 1, transpose: false, bias: true };

/** Weight codes are [output][k], whichever way the blob stores them. */
const products: Products<InnerProductAttrs> = ({ attrs }, { inputs }) => {
  const depth = inputs[0]!.reduce((a, b) => a * b);
  return Array.from({ length: attrs.outChannels }, (_, channel) => ({
    channel,
    pixel: 0,
    products: Array.from({ length: depth }, (_, k) => [k, k] as const),
  }));
};

const expected: Case<InnerProductAttrs>['expected'] = ([input], { attrs, params }) => {
  const depth = params[0]!.data.length / attrs.outChannels;
  return [
    Array.from({ length: (input!.data.length / depth) * attrs.outChannels }, (_, index) => {
      const [row, o] = [Math.floor(index / attrs.outChannels), index % attrs.outChannels];
      let sum = params[1]?.data[o] ?? 0;
      for (let k = 0; k < depth; k++)
        sum +=
          input!.data[row * depth + k]! * params[0]!.data[attrs.transpose ? k * attrs.outChannels + o : o * depth + k]!;
      return sum;
    }),
  ];
};

runCases(
  innerProduct,
  [
    { name: 'a vector', attrs: plain, inputs: [[1, 7]], shapes: [[1, 5]], expected },
    { name: 'an image flattened', attrs: plain, inputs: [[1, 3, 4, 5]], shapes: [[1, 5]], expected },
    { name: 'without bias', attrs: { ...plain, bias: false }, inputs: [[1, 9]], expected },
    { name: 'one output', attrs: { ...plain, outChannels: 1 }, inputs: [[1, 33]], shapes: [[1, 1]], expected },
    { name: 'transposed weights', attrs: { ...plain, transpose: true }, inputs: [[1, 6]], shapes: [[1, 5]], expected },
    {
      name: 'from axis 2: several rows',
      attrs: { ...plain, axis: 2 },
      inputs: [[1, 3, 4]],
      shapes: [[1, 3, 5]],
      expected,
    },
    {
      name: 'from the last axis, several rows transposed',
      attrs: { ...plain, axis: -1, transpose: true },
      inputs: [[2, 3, 4]],
      shapes: [[2, 3, 5]],
      expected,
    },
    { name: 'long rows', attrs: { ...plain, outChannels: 9 }, inputs: [[1, 1031]], expected },
  ],
  [
    {
      name: 'no outputs',
      attrs: { ...plain, outChannels: 0 },
      inputs: [[1, 3]],
      message: /num_output of at least 1, got 0/,
    },
    {
      name: 'an axis out of range',
      attrs: { ...plain, axis: 3 },
      inputs: [[1, 3]],
      message: /axis from -2 to 1, got 3/,
    },
  ],
  products,
);

checkAbsorb(innerProduct, { name: 'plain', attrs: plain, shape: [1, 3, 2, 2], side: 'output' });
checkAbsorb(innerProduct, {
  name: 'transposed',
  attrs: { ...plain, transpose: true, bias: false },
  shape: [1, 6],
  side: 'output',
});
checkAbsorb(innerProduct, { name: 'an image', attrs: plain, shape: [1, 3, 2, 2], side: 'input' });
checkAbsorb(innerProduct, {
  name: 'an image, channels last',
  attrs: plain,
  shape: [1, 2, 2, 3],
  side: 'input',
  layout: 'NHWC',
});
checkAbsorb(innerProduct, {
  name: 'a vector, transposed',
  attrs: { ...plain, transpose: true },
  shape: [1, 6],
  side: 'input',
});
checkAbsorb(innerProduct, {
  name: 'several rows',
  attrs: { ...plain, axis: 2 },
  shape: [1, 3, 4],
  side: 'input',
  taken: false,
});

test('transposed weights of 16 million elements are put in order within a second', () => {
  const [depth, outChannels] = [4096, 4000];
  const data = new Float32Array(depth * outChannels).map((_, index) => index);
  const attrs = { outChannels, axis: 1, transpose: true, bias: false };
  const node = {
    name: 'fc',
    op: 'inner-product',
    type: 'InnerProduct',
    where: '',
    attrs,
    inputs: [0],
    outputs: [1],
    params: [{ shape: [depth, outChannels], data }],
  };
  const start = performance.now();
  const rows = innerProduct.weightRows!(node);
  const seconds = (performance.now() - start) / 1000;
  assert.ok(seconds < 1, `took ${seconds.toFixed(1)} s`);
  assert.equal([rows[1], rows[depth], rows.at(-1)], [outChannels, 1, depth * outChannels - 1]);
});

test.run();

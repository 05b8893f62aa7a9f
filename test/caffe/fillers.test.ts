import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fill } from '../../src/caffe/fillers.js';
import { loadCaffe } from '../../src/caffe/index.js';
import { throws } from '../throws.js';
import { conv, input, weights } from './networks.js';

test('constant fillers, 0 by default', () => {
  assert.equal(fill({}, [2]), { shape: [2], data: Float32Array.of(0, 0) });
  assert.equal(fill({ type: 'constant', value: 0.5 }, [1, 2]), { shape: [1, 2], data: Float32Array.of(0.5, 0.5) });
});

test('bilinear fillers interpolate between pixels', () => {
  assert.equal(
    [...(fill({ type: 'bilinear' }, [1, 1, 4, 4])?.data ?? [])].map((value) => value * 16),
    [1, 3, 3, 1, 3, 9, 9, 3, 3, 9, 9, 3, 1, 3, 3, 1],
  );
  const kernel = fill({ type: 'bilinear' }, [2, 1, 5, 5])?.data ?? new Float32Array(0);
  assert.equal([...kernel.subarray(0, 25)], [...kernel.subarray(25)]);
  assert.ok(Math.abs((kernel[12] ?? 0) - 1) < 1e-6, 'the centre');
  assert.is(fill({ type: 'bilinear' }, [1, 1, 4, 2]), undefined);
});

test('random fillers make nothing', () => {
  assert.is(fill({ type: 'xavier' }, [2]), undefined);
});

const upsample = (filler: string, more = 'bias_term: false'): string =>
  `layer { name: "up" type: "Deconvolution" bottom: "c" top: "up" convolution_param { num_output: 4 group: 4 kernel_size: 4 stride: 2 pad: 1 ${more} ${filler} } }`;

test('a layer that the caffemodel lacks is filled where its fillers are stated and not random', () => {
  const load = (text: string) =>
    loadCaffe({
      prototxt: input + conv('c', 'data') + text,
      prototxtName: 'net',
      weights: weights({ c: [[4, 3, 3, 3], [4]] }),
      weightsName: 'w',
    });
  const up = load(upsample('weight_filler { type: "bilinear" }', '')).nodes[2];
  assert.equal(
    up?.params.map(({ shape }) => shape),
    [[4, 1, 4, 4], [4]],
  );
  assert.is(up?.params[0]?.data[5], 9 / 16);
  assert.equal([...(up?.params[1]?.data ?? [])], [0, 0, 0, 0]);
  for (const filler of ['', 'weight_filler { type: "gaussian" std: 0.1 }'])
    throws(() => load(upsample(filler)), /^net: only 1 of its 2 layers with weights are in w; missing: "up"\./);
  throws(() => load(upsample('weight_filler { value: 1 } bias_filler { type: "uniform" }', '')), /missing: "up"/);
  const scale =
    'layer { name: "s" type: "Scale" bottom: "c" top: "s" scale_param { filler { value: 3 } bias_term: true } }';
  assert.equal(
    load(scale).nodes[2]?.params.map(({ data }) => [...data]),
    [
      [3, 3, 3, 3],
      [0, 0, 0, 0],
    ],
  );
});

test('a network of filled layers only', () => {
  const text =
    input +
    upsample('weight_filler { type: "bilinear" }')
      .replace('"c"', '"data"')
      .replace(/4 group: 4/, '3 group: 3');
  const graph = loadCaffe({ prototxt: text, weights: weights({ other: [[1]] }) });
  assert.is(graph.nodes[1]?.params[0]?.data[5], 9 / 16);
});

test.run();

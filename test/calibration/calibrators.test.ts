import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CALIBRATOR_NAMES, type Calibrator } from '../../src/calibration/thresholds/index.js';
import { calibrate, loadCaffe, optimise } from '../../src/index.js';
import { Random } from '../fixed/random.js';

const text = `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 3, 8, 8] } } }
  layer { name: "a" type: "Convolution" bottom: "data" top: "a" convolution_param { num_output: 4 kernel_size: 3 } }
  layer { name: "r" type: "ReLU" bottom: "a" top: "a" }
  layer { name: "b" type: "Convolution" bottom: "a" top: "b" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
  layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" }
  layer { name: "c" type: "Convolution" bottom: "sum" top: "c" convolution_param { num_output: 2 kernel_size: 1 } }
  layer { name: "cat" type: "Concat" bottom: "sum" bottom: "c" top: "cat" }`;
const random = new Random(5);

/** The network with biases of a size, and one dead channel in layer a. */
function networkOf(biasSize: number) {
  const { graph } = optimise(loadCaffe({ prototxt: text, seedWeights: 3 }));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      const params = node.params.map(({ shape, data }, index) => ({
        shape,
        data: index === 0 ? data.slice() : Float32Array.from(data, () => random.float(-8, 0) * biasSize),
      }));
      if (node.name === 'a') params[0]?.data.fill(0, 0, 27);
      return { ...node, params };
    }),
  };
}

/** The most that a threshold is, in units of the maximum and of the maximum plus the largest bias. */
function marginOf(name: Calibrator, overlay: 'v2' | 'v3', bits: 8 | 16): readonly [maximum: number, cover: number] {
  const isLeastSquares = name === 'mse' || name === 'search';
  if (!isLeastSquares || (overlay === 'v3' && name === 'mse')) return [1, 0];
  // 1.25, and up to twice that for a grid step that is a power of two.
  if (bits === 16) return overlay === 'v2' ? [0, 2.5] : [1, 0];
  // The candidates of `search` go up to 2^(5 / 8) times the threshold of mse, on v3 2 times.
  if (name === 'search') return overlay === 'v2' ? [0, 1.25 * 1.06 * 1.06 * 2 ** (5 / 8)] : [2, 0];
  return [1.25, 1.06 * 1.06];
}

for (const calibrator of CALIBRATOR_NAMES as readonly Calibrator[])
  for (const overlay of ['v2', 'v3'] as const)
    for (const bits of [8, 16] as const)
      test(`${calibrator}, ${overlay}, ${bits} bits: thresholds are numbers, those of live layers above 0, none beyond its margin`, async () => {
        for (const size of [1e-5, 1, 1e6]) {
          for (const biasSize of [0, size]) {
            const graph = networkOf(biasSize);
            const arrays = Array.from({ length: 3 }, () =>
              Float32Array.from({ length: 192 }, () => random.float(-4, 0) * size),
            );
            const widths = { input: bits, params: bits, output: bits };
            const options = { widths, overlay, threads: 1 };
            const layers = await calibrate(graph, { arrays }, { ...options, calibrator });
            const most = await calibrate(graph, { arrays }, { ...options, calibrator: 'max' });
            const [maximum, cover] = marginOf(calibrator, overlay, bits);
            const bias = Math.max(
              0,
              ...graph.nodes.flatMap(({ params }) => [...(params[1]?.data ?? [])].map(Math.abs)),
            );
            for (const [i, { name, th_layer_in, th_layer_out, th_params }] of layers.entries()) {
              assert.ok([th_layer_in, th_layer_out, ...th_params].every(Number.isFinite), name);
              const largest = most[i]?.th_layer_out ?? NaN;
              assert.ok(th_layer_out > 0 && th_layer_in > 0, `${name}: ${th_layer_in}, ${th_layer_out}`);
              // Inputs that are rounded otherwise make results a little larger or smaller.
              const limit = 1.3 * Math.max(maximum * largest, cover * (largest + bias));
              assert.ok(th_layer_out <= limit, `${name}: ${th_layer_out}, at most ${limit}`);
            }
          }
        }
      });

test.run();

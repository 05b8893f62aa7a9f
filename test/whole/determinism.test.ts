import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type QuantizeFlags, quantize } from '../../src/jobs/quantize.js';
import { folderOf, png } from '../cli/fixtures.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

const example = join(root, 'examples/cifar10');
const scratch = scratchFolder();

/** Every kind of step of the walk: folding, fused and separate activations, LRN, Concat of a pooled branch, Eltwise, upsampling, host layers. */
const prototxt = `
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 20 dim: 24 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 10 kernel_size: 3 pad: 1 } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } }
layer { name: "leaky" type: "ReLU" bottom: "conv" top: "conv" relu_param { negative_slope: 0.1 } }
layer { name: "norm" type: "LRN" bottom: "conv" top: "norm" }
layer { name: "pool" type: "Pooling" bottom: "norm" top: "pool" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "left" type: "Convolution" bottom: "pool" top: "left" convolution_param { num_output: 9 kernel_size: 1 } }
layer { name: "left_relu" type: "ReLU" bottom: "left" top: "left" }
layer { name: "right" type: "Pooling" bottom: "pool" top: "right" pooling_param { pool: MAX kernel_size: 3 stride: 1 pad: 1 } }
layer { name: "both" type: "Concat" bottom: "left" bottom: "right" top: "both" }
layer { name: "deep" type: "Convolution" bottom: "both" top: "deep" convolution_param { num_output: 19 kernel_size: 3 pad: 1 group: 19 } }
layer { name: "sum" type: "Eltwise" bottom: "both" bottom: "deep" top: "sum" }
layer { name: "gate" type: "Sigmoid" bottom: "sum" top: "gate" }
layer { name: "up" type: "Deconvolution" bottom: "gate" top: "up" convolution_param { num_output: 5 kernel_size: 4 stride: 2 pad: 1 } }
layer { name: "prelu" type: "PReLU" bottom: "up" top: "up" }
layer { name: "fc" type: "InnerProduct" bottom: "up" top: "fc" inner_product_param { num_output: 7 } }
layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" }
`;

const small = folderOf({
  'net.prototxt': prototxt,
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((i) => [`images/${i}.png`, png(i + 1, 20 + i, 24 - i)])),
});
/** As many images as 1M cannot hold the activations of. */
const twelve = { calibration_directory: join(example, 'calibration'), calibration_size: 12, calibration_seed: 3 };
const networks: Readonly<Record<string, QuantizeFlags>> = {
  'a small network': {
    deploy_model: join(small, 'net.prototxt'),
    seed_weights: 5,
    calibration_directory: join(small, 'images'),
    calibration_size: 5,
    calibration_seed: 3,
    include_inner_product: true,
    overlay: 'v3',
  },
  'the example, Caffe': {
    deploy_model: join(example, 'deploy.prototxt'),
    weights: join(example, 'model.caffemodel'),
    ...twelve,
  },
  'the example, TensorFlow': { deploy_model: join(example, 'model.pb'), ...twelve },
};

/** The bytes of the scaling file. */
async function scalingOf(options: QuantizeFlags): Promise<string> {
  const output = join(scratch, 'scaling.json');
  rmSync(output, { force: true });
  await quantize({ ...options, output_json: output });
  return readFileSync(output, 'utf8');
}

/** The folder's files, copied in the opposite order. */
function backwards(folder: string): string {
  const target = mkdtempSync(join(scratch, 'images-'));
  for (const name of readdirSync(folder).sort().reverse()) copyFileSync(join(folder, name), join(target, name));
  return target;
}

for (const [name, options] of Object.entries(networks)) {
  for (const bits of [8, 16]) {
    const widths = { ...options, bitwidths: [bits, bits, bits] };
    let first = '';
    const same = (how: string, other: QuantizeFlags): void => {
      test(`${name} at ${bits} bits, ${how}: the same bytes`, async () => {
        first ||= await scalingOf({ ...widths, threads: 1 });
        assert.is(await scalingOf({ ...widths, ...other }), first);
      });
    };
    same('again', { threads: 1 });
    same('images created in the opposite order', {
      threads: 1,
      calibration_directory: backwards(String(options.calibration_directory)),
    });
    for (const threads of [2, 3]) same(`${threads} threads`, { threads });
    same('1M of memory', { threads: 1, memory: 2 ** 20 });
    same('no memory and 2 threads', { threads: 2, memory: 0 });
  }
}

test('other images and other weights do make a difference', async () => {
  const options = { ...networks['the example, Caffe']!, threads: 1 };
  const first = await scalingOf(options);
  assert.is.not(await scalingOf({ ...options, calibration_seed: 5 }), first);
  assert.is.not(await scalingOf({ ...options, weights: undefined, seed_weights: 1 }), first);
});

test.run();

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type InspectPlanFlags, inspectPlan } from '../../src/jobs/inspect-plan.js';
import { inspectedPlanText } from '../../src/report/plan.js';
import { folderOf } from '../cli/fixtures.js';
import { root } from '../support.js';

const folder = folderOf({
  'net.prototxt': `
    layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
    layer { name: "left" type: "Convolution" bottom: "data" top: "left" convolution_param { num_output: 3 kernel_size: 1 } }
    layer { name: "pool" type: "Pooling" bottom: "left" top: "pool" pooling_param { pool: MAX kernel_size: 3 stride: 1 pad: 1 } }
    layer { name: "both" type: "Concat" bottom: "pool" bottom: "data" top: "both" }
    layer { name: "fc" type: "InnerProduct" bottom: "both" top: "fc" inner_product_param { num_output: 2 } }`,
  'odd.prototxt': `
    layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
    layer { name: "odd" type: "ROIPooling" bottom: "data" top: "odd" }`,
});
const network = { deploy_model: join(folder, 'net.prototxt') };
const textOf = async (flags: InspectPlanFlags): Promise<string> => inspectedPlanText(await inspectPlan(flags));

test('weights are optional, and the walk is progressive unless another is named or TensorFlow is calibrated as the original did', async () => {
  assert.match(await textOf(network), /^The progressive walk of /);
  assert.match(await textOf({ ...network, walk: 'reference' }), /^The reference walk of /);
  const tensorflow = { deploy_model: join(root, 'examples/cifar10/model.pb') };
  assert.match(await textOf(tensorflow), /^The progressive walk of /);
  assert.match(await textOf({ ...tensorflow, calibrator: 'reference' }), /^The reference walk of /);
});

test('the flags of quantize change the plan', async () => {
  const plain = await textOf(network);
  assert.match(plain, /codes of 8 bits on T1/);
  assert.match(await textOf({ ...network, bitwidths: [16, 8, 16] }), /codes of 16 bits on T1/);
  assert.not.match(plain, /fc .*\n.*\n.*\n.*entry: /);
  const flat = await textOf({ ...network, include_inner_product: true });
  assert.match(flat, /for 2 layers with an entry/);
  assert.match(plain, /left .*\n {2}multiplies .*\n(.*\n)*? {2}entry: th_layer_in T1, th_layer_out T2\n/);
  assert.match(
    await textOf({ ...network, unify_concat: true }),
    /entry: th_layer_in T1, th_layer_out T3, which both measures\n/,
  );
  assert.match(await textOf({ ...network, power_of_two: true }), /grid step is a power of two\./);
});

test('layers that cannot be run, and widths that no overlay has, are refused', async () => {
  const odd = await inspectPlan({ deploy_model: join(folder, 'odd.prototxt') }).catch((thrown) => thrown);
  assert.is(odd.code, 'unsupported');
  assert.match(odd.message, /expected layers that can be run, got "odd" \(ROIPooling\)\./);
  const width = await inspectPlan({ ...network, bitwidths: [8, 7, 8] }).catch((thrown) => thrown);
  assert.match(width.message, /^--bitwidths: expected three of 8 and 16/);
});

test.run();

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkNetworkFlags, describeNetwork, inspectNetwork, loadNetwork } from '../../src/jobs/network.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';
import { throws } from '../throws.js';

const folder = smallNetwork();
const file = (name: string): string => join(folder, name);
copyFileSync(join(root, 'examples/cifar10/model.pb'), file('graph'));
const caffe = { deploy_model: file('net.prototxt'), weights: file('net.caffemodel') };

test('the name or the content of the model file tells its framework', async () => {
  copyFileSync(file('net.prototxt'), file('text'));
  assert.is((await loadNetwork(caffe)).framework, 'caffe');
  assert.is((await loadNetwork({ deploy_model: file('graph') })).framework, 'tensorflow');
  assert.is((await inspectNetwork({ deploy_model: file('text') })).framework, 'caffe');
});

test('weights are required to run a Caffe network, and optional to look at it', async () => {
  const flags = { deploy_model: file('net.prototxt') };
  const message = await loadNetwork(flags).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /^--weights: expected a caffemodel, got none\./);
  assert.is((await inspectNetwork(flags)).graph.nodes.length, 6);
});

test('a described network has the weights that its files hold', async () => {
  assert.is((await describeNetwork({ deploy_model: file('net.prototxt') })).hasWeights, false);
  assert.is((await describeNetwork({ deploy_model: file('net.prototxt'), seed_weights: 1 })).hasWeights, true);
  assert.is((await describeNetwork(caffe)).hasWeights, true);
  assert.is((await describeNetwork({ deploy_model: file('graph') })).hasWeights, true);
});

test('flags without a network, or with weights twice, are refused', () => {
  throws(() => checkNetworkFlags({}), /^--deploy_model: expected a network, got none\./);
  throws(() => checkNetworkFlags({ ...caffe, seed_weights: 1 }), /^--seed_weights: expected --weights or a seed/);
});

test.run();

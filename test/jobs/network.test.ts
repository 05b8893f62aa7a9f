import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkNetworkFlags,
  describeNetwork,
  inspectNetwork,
  loadNetwork,
  type NetworkFlags,
} from '../../src/jobs/network.js';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';
import { floats, graphDef, placeholder } from '../tensorflow/graph-def.js';
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

test('placeholders take values, and a Caffe network has none', async () => {
  const nodes = [
    placeholder('x', [-1, 3]),
    placeholder('keep_prob', []),
    { name: 'y', op: 'Mul', input: ['x', 'keep_prob'] },
  ];
  writeFileSync(file('dropout.pb'), graphDef(...nodes));
  const messageOf = (flags: NetworkFlags): Promise<string> =>
    loadNetwork(flags).then(
      () => '',
      (error: Error) => error.message,
    );
  assert.match(await messageOf({ deploy_model: file('dropout.pb') }), /Give it with --set keep_prob=VALUE/);
  assert.is(await messageOf({ deploy_model: file('dropout.pb'), set: { keep_prob: 0.5 } }), '');
  assert.match(await messageOf({ ...caffe, set: { keep_prob: 1 } }), /^--set: expected a frozen graph beside it/);
});

test('a batch norm in training mode is warned of', async () => {
  const nodes = [
    placeholder('x', [-1, 2, 2, 1]),
    floats('scale', [1], [2]),
    floats('offset', [1], [0]),
    { name: 'bn', op: 'FusedBatchNormV3', input: ['x', 'scale', 'offset', 'offset', 'offset'] },
  ];
  writeFileSync(file('training.pb'), graphDef(...nodes));
  const lines: string[] = [];
  await loadNetwork({ deploy_model: file('training.pb') }, (line) => lines.push(line));
  assert.is(lines.length, 1);
  assert.match(lines[0]!, /^warning: .*training\.pb: node "bn" \(FusedBatchNormV3\) is in training mode/);
});

test('flags without a network, or with weights twice, are refused', () => {
  throws(() => checkNetworkFlags({}), /^--deploy_model: expected a network, got none\./);
  throws(() => checkNetworkFlags({ ...caffe, seed_weights: 1 }), /^--seed_weights: expected --weights or a seed/);
});

test.run();

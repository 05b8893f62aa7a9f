import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
import { ProtobufWriter } from '../protobuf-writer.js';
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

test('what is read of the files is heard, and a signal that is aborted meanwhile ends the loading', async () => {
  const size = (name: string): number => statSync(file(name)).size;
  const heard: [number, number, string][] = [];
  writeFileSync(file('large.caffemodel'), Buffer.concat([readFileSync(file('net.caffemodel')), unknownField(2 ** 24)]));
  const large = { ...caffe, weights: file('large.caffemodel') };
  const { graph } = await loadNetwork(large, { load: (...step) => heard.push(step) });
  assert.equal(graph, (await loadNetwork(large)).graph);
  const [text, all] = [size('net.prototxt'), size('net.prototxt') + size('large.caffemodel')];
  assert.equal(heard, [
    [text, all, caffe.deploy_model],
    [text + 2 ** 23, all, large.weights],
    [text + 2 ** 24, all, large.weights],
    [all, all, large.weights],
  ]);
  for (const load of [loadNetwork, inspectNetwork]) {
    const controller = new AbortController();
    const reason = new Error('enough');
    const parts: string[] = [];
    const work = load(large, {
      signal: controller.signal,
      load: (_done, _total, path) => {
        parts.push(path);
        if (path === large.weights) controller.abort(reason);
      },
    });
    assert.is(await work.catch((error: unknown) => error), reason);
    assert.is(parts.length, 2, 'no further part is read');
  }
  // A signal that is aborted by an event while this thread imports.
  const controller = new AbortController();
  const last = (done: number, total: number): void => {
    if (done === total) setTimeout(() => controller.abort('late'), 0);
  };
  assert.is(await loadNetwork(large, { signal: controller.signal, load: last }).catch((error) => error), 'late');
});

/** A field of so many bytes that no caffemodel has. */
function unknownField(size: number): Uint8Array {
  return Buffer.concat([ProtobufWriter.build((net) => net.tag(999, 2).varint(size)), new Uint8Array(size)]);
}

test('a batch norm in training mode is warned of', async () => {
  const nodes = [
    placeholder('x', [-1, 2, 2, 1]),
    floats('scale', [1], [2]),
    floats('offset', [1], [0]),
    { name: 'bn', op: 'FusedBatchNormV3', input: ['x', 'scale', 'offset', 'offset', 'offset'] },
  ];
  writeFileSync(file('training.pb'), graphDef(...nodes));
  const lines: string[] = [];
  await loadNetwork({ deploy_model: file('training.pb') }, { warn: (line) => lines.push(line) });
  assert.is(lines.length, 1);
  assert.match(lines[0]!, /^warning: .*training\.pb: node "bn" \(FusedBatchNormV3\) is in training mode/);
});

test('flags without a network, or with weights twice, are refused', () => {
  throws(() => checkNetworkFlags({}), /^--deploy_model: expected a network, got none\./);
  throws(() => checkNetworkFlags({ ...caffe, seed_weights: 1 }), /^--seed_weights: expected --weights or a seed/);
});

test.run();

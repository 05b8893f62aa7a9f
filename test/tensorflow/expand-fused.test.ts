import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandFused } from '../../src/tensorflow/expand-fused.js';
import { formatInput, type NodeDef } from '../../src/tensorflow/node.js';

const node = (op: string, inputs: readonly string[], attrs: NodeDef['attrs'] = {}): NodeDef => ({
  name: 'out',
  op,
  inputs: inputs.map((name) => ({ node: name, output: 0 })),
  attrs,
});
const textOf = (nodes: readonly NodeDef[]): string[] =>
  nodes.map(({ name, op, inputs }) => `${name} = ${op}(${inputs.map(formatInput).join(', ')})`);

test('a fused convolution with bias, operand and activation', () => {
  const attrs = { fused_ops: ['BiasAdd', 'Add', 'LeakyRelu'], leakyrelu_alpha: 0.1, strides: [1, 1, 1, 1] };
  const nodes = expandFused([node('_FusedConv2D', ['x', 'w', 'b', 'shortcut'], attrs)]);
  assert.equal(textOf(nodes), [
    'out/Conv2D = Conv2D(x, w)',
    'out/BiasAdd = BiasAdd(out/Conv2D, b)',
    'out/Add = Add(out/BiasAdd, shortcut)',
    'out = LeakyRelu(out/Add)',
  ]);
  assert.equal(nodes[3]!.attrs, { alpha: 0.1 });
});

test('a fused batch norm with a shortcut, and a convolution of a mirrored input', () => {
  const norm = node('_FusedBatchNormEx', ['x', 'g', 'b', 'm', 'v', 'side'], { activation_mode: 'Relu' });
  assert.equal(textOf(expandFused([norm])), [
    'out/FusedBatchNormV3 = FusedBatchNormV3(x, g, b, m, v)',
    'out/AddV2 = AddV2(out/FusedBatchNormV3, side)',
    'out = Relu(out/AddV2)',
  ]);
  assert.equal(textOf(expandFused([node('FusedPadConv2D', ['x', 'p', 'w'], { mode: 'REFLECT' })])), [
    'out/MirrorPad = MirrorPad(x, p)',
    'out = Conv2D(out/MirrorPad, w)',
  ]);
  assert.equal(textOf(expandFused([node('FusedResizeAndPadConv2D', ['x', 's', 'p', 'w'], { mode: 'REFLECT' })])), [
    'out/ResizeBilinear = ResizeBilinear(x, s)',
    'out/MirrorPad = MirrorPad(out/ResizeBilinear, p)',
    'out = Conv2D(out/MirrorPad, w)',
  ]);
  assert.equal(textOf(expandFused([node('AccumulateNV2', ['x', 'y', 'x'], {})])), ['out = AddN(x, y, x)']);
});

test('an unknown part leaves the node as it is, to be refused by its name', () => {
  const unknown = node('_FusedMatMul', ['x', 'w', 'b'], { fused_ops: ['BiasAdd', 'Unheard'] });
  assert.equal(expandFused([unknown]), [unknown]);
});

test.run();

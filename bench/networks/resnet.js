import { Prototxt } from './prototxt.js';

/** @typedef {import('./index.js').Network} Network */

/**
 * A residual network: `blocks` of each stage. `deep`: blocks of three convolutions, the middle one 3 x 3, and a quarter of the
 * output's channels between them; else of two 3 x 3 ones.
 * @typedef {{ blocks: readonly number[], deep: boolean }} Form
 */

/** By the number of layers with weights. @type {Readonly<Record<number, Form>>} */
const forms = {
  18: { blocks: [2, 2, 2, 2], deep: false },
  34: { blocks: [3, 4, 6, 3], deep: false },
  50: { blocks: [3, 4, 6, 3], deep: true },
  101: { blocks: [3, 4, 23, 3], deep: true },
  152: { blocks: [3, 8, 36, 3], deep: true },
};

/** @param {Prototxt} net @param {string} name @param {string} bottom @param {import('./prototxt.js').ConvolutionOptions} options */
const normRelu = (net, name, bottom, options) => net.relu(`${name}/relu`, net.convolutionNorm(name, bottom, options));

/** @param {Prototxt} net @param {string} name @param {string} bottom @param {{ width: number, stride: number, project: boolean, deep: boolean }} block */
function residual(net, name, bottom, { width, stride, project, deep }) {
  const outputs = deep ? width * 4 : width;
  const shortcut = project ? net.convolutionNorm(`${name}_branch1`, bottom, { outputs, stride }) : bottom;
  const first = deep ? { outputs: width, stride } : { outputs: width, stride, kernel: 3, pad: 1 };
  let top = normRelu(net, `${name}_branch2a`, bottom, first);
  const second = { outputs: width, kernel: 3, pad: 1 };
  if (deep) top = normRelu(net, `${name}_branch2b`, top, second);
  top = net.convolutionNorm(`${name}_branch2${deep ? 'c' : 'b'}`, top, deep ? { outputs } : second);
  return net.relu(`${name}/relu`, net.sum(name, [shortcut, top]));
}

/** @param {number} depth a key of {@link forms} @param {number} size of the square input */
function prototxt(depth, size) {
  const { blocks, deep } = forms[depth];
  const net = new Prototxt(`ResNet-${depth}`, [1, 3, size, size]);
  let top = normRelu(net, 'conv1', 'data', { outputs: 64, kernel: 7, stride: 2, pad: 3 });
  top = net.maxPool('pool1', top, { kernel: 3, stride: 2 });
  for (const [stage, count] of blocks.entries()) {
    for (let block = 0; block < count; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const project = block === 0 && (deep || stage > 0);
      top = residual(net, `res${stage + 2}_${block + 1}`, top, { width: 64 << stage, stride, project, deep });
    }
  }
  net.softmax('prob', net.innerProduct('fc1000', net.globalAveragePool('pool5', top), 1000));
  return net.text;
}

/** The depths that {@link resnet} knows, ascending. */
export const DEPTHS = Object.keys(forms).map(Number);

/** ResNet of a depth as published for Caffe (stride in the first convolution of a block). @param {number} depth @returns {Network} */
export const resnet = (depth) => ({
  title: `ResNet-${depth}`,
  prototxt: (size = 224) => prototxt(depth, size),
  outputs: ['fc1000', 'prob'],
});

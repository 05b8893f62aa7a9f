import { Prototxt } from './prototxt.js';

/** @typedef {import('./index.js').Network} Network */

/** @param {Prototxt} net @param {string} name @param {string} bottom @param {number} width @param {number} stride @param {boolean} project */
function bottleneck(net, name, bottom, width, stride, project) {
  const shortcut = project ? net.convolutionNorm(`${name}_branch1`, bottom, { outputs: width * 4, stride }) : bottom;
  let top = net.relu(
    `${name}_branch2a/relu`,
    net.convolutionNorm(`${name}_branch2a`, bottom, { outputs: width, stride }),
  );
  top = net.relu(
    `${name}_branch2b/relu`,
    net.convolutionNorm(`${name}_branch2b`, top, { outputs: width, kernel: 3, pad: 1 }),
  );
  top = net.convolutionNorm(`${name}_branch2c`, top, { outputs: width * 4 });
  return net.relu(`${name}/relu`, net.sum(name, [shortcut, top]));
}

function prototxt() {
  const net = new Prototxt('ResNet-50', [1, 3, 224, 224]);
  let top = net.relu('conv1/relu', net.convolutionNorm('conv1', 'data', { outputs: 64, kernel: 7, stride: 2, pad: 3 }));
  top = net.maxPool('pool1', top, { kernel: 3, stride: 2 });
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      top = bottleneck(net, `res${stage + 2}${String.fromCharCode(97 + block)}`, top, 64 << stage, stride, block === 0);
    }
  }
  net.softmax('prob', net.innerProduct('fc1000', net.globalAveragePool('pool5', top), 1000));
  return net.text;
}

/** ResNet-50 as published for Caffe (stride in the first 1 x 1 of a block), 224 x 224. @type {Network} */
export const resnet50 = { title: 'ResNet-50', prototxt, outputs: ['fc1000', 'prob'] };

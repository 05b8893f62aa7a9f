import { Prototxt } from './prototxt.js';

/** @typedef {import('./index.js').Network} Network */

/** Channels of the branches: 1x1; reduction before 3x3, 3x3; reduction before 5x5, 5x5; projection of the pool. */
const inceptions = {
  '3a': [64, 96, 128, 16, 32, 32],
  '3b': [128, 128, 192, 32, 96, 64],
  '4a': [192, 96, 208, 16, 48, 64],
  '4b': [160, 112, 224, 24, 64, 64],
  '4c': [128, 128, 256, 24, 64, 64],
  '4d': [112, 144, 288, 32, 64, 64],
  '4e': [256, 160, 320, 32, 128, 128],
  '5a': [256, 160, 320, 32, 128, 128],
  '5b': [384, 192, 384, 48, 128, 128],
};

/** @param {Prototxt} net @param {keyof typeof inceptions} block @param {string} bottom */
function inception(net, block, bottom) {
  const name = `inception_${block}`;
  const [one, reduce3, three, reduce5, five, projection] = /** @type {number[]} */ (inceptions[block]);
  const narrow3 = net.convolutionRelu(`${name}/3x3_reduce`, bottom, { outputs: reduce3 });
  const narrow5 = net.convolutionRelu(`${name}/5x5_reduce`, bottom, { outputs: reduce5 });
  const pooled = net.maxPool(`${name}/pool`, bottom, { kernel: 3, stride: 1, pad: 1 });
  return net.concat(`${name}/output`, [
    net.convolutionRelu(`${name}/1x1`, bottom, { outputs: one }),
    net.convolutionRelu(`${name}/3x3`, narrow3, { outputs: three, kernel: 3, pad: 1 }),
    net.convolutionRelu(`${name}/5x5`, narrow5, { outputs: five, kernel: 5, pad: 2 }),
    net.convolutionRelu(`${name}/pool_proj`, pooled, { outputs: projection }),
  ]);
}

function prototxt(size = 224) {
  const net = new Prototxt('GoogLeNet', [1, 3, size, size]);
  let top = net.convolutionRelu('conv1/7x7_s2', 'data', { outputs: 64, kernel: 7, stride: 2, pad: 3 });
  top = net.maxPool('pool1/3x3_s2', top, { kernel: 3, stride: 2 });
  top = net.convolutionRelu('conv2/3x3_reduce', top, { outputs: 64 });
  top = net.convolutionRelu('conv2/3x3', top, { outputs: 192, kernel: 3, pad: 1 });
  top = net.maxPool('pool2/3x3_s2', top, { kernel: 3, stride: 2 });
  for (const block of /** @type {(keyof typeof inceptions)[]} */ (Object.keys(inceptions))) {
    if (block === '4a' || block === '5a') top = net.maxPool(`pool${block[0]}/3x3_s2`, top, { kernel: 3, stride: 2 });
    top = inception(net, block, top);
  }
  top = net.dropout('drop', net.globalAveragePool('pool5/7x7_s1', top));
  net.softmax('prob', net.innerProduct('loss3/classifier', top, 1000));
  return net.text;
}

/** BVLC GoogLeNet without its two LRN layers, 224 x 224. @type {Network} */
export const googlenet = { title: 'GoogLeNet (no LRN)', prototxt, outputs: ['loss3/classifier', 'prob'] };

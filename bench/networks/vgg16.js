import { Prototxt } from './prototxt.js';

/** @typedef {import('./index.js').Network} Network */

function prototxt(size = 224) {
  const net = new Prototxt('VGG-16', [1, 3, size, size]);
  let top = 'data';
  for (const [stage, convolutions] of [2, 2, 3, 3, 3].entries()) {
    for (let index = 0; index < convolutions; index++) {
      top = net.convolutionRelu(`conv${stage + 1}_${index + 1}`, top, {
        outputs: Math.min(64 << stage, 512),
        kernel: 3,
        pad: 1,
      });
    }
    top = net.maxPool(`pool${stage + 1}`, top, { kernel: 2, stride: 2 });
  }
  for (const name of ['fc6', 'fc7'])
    top = net.dropout(`${name}/drop`, net.relu(`${name}/relu`, net.innerProduct(name, top, 4096)));
  net.softmax('prob', net.innerProduct('fc8', top, 1000));
  return net.text;
}

/** VGG-16: 138 million weights. @type {Network} */
export const vgg16 = { title: 'VGG-16', prototxt, outputs: ['fc8', 'prob'] };

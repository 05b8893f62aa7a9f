import { Prototxt } from './prototxt.js';

/** @typedef {import('./index.js').Network} Network */

/** Output channels and stride of the separable convolutions. */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** @param {Prototxt} net @param {string} name @param {string} bottom @param {import('./prototxt.js').ConvolutionOptions} options */
const normalised = (net, name, bottom, options) => net.relu(`${name}/relu`, net.convolutionNorm(name, bottom, options));

function prototxt(size = 224) {
  const net = new Prototxt('MobileNet 1.0', [1, 3, size, size]);
  let channels = 32;
  let top = normalised(net, 'conv1', 'data', { outputs: channels, kernel: 3, stride: 2, pad: 1 });
  for (const [index, [outputs = 0, stride = 1]] of blocks.entries()) {
    const name = `conv${index + 2}`;
    top = normalised(net, `${name}/dw`, top, { outputs: channels, kernel: 3, stride, pad: 1, group: channels });
    top = normalised(net, `${name}/sep`, top, { outputs });
    channels = outputs;
  }
  net.softmax('prob', net.convolution('fc7', net.globalAveragePool('pool6', top), { outputs: 1000 }));
  return net.text;
}

/** MobileNet v1, width 1.0, 224 x 224. @type {Network} */
export const mobilenet = { title: 'MobileNet 1.0', prototxt, outputs: ['fc7', 'prob'] };

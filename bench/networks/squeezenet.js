import { Prototxt } from './prototxt.js';

/** @typedef {import('./index.js').Network} Network */

/** @param {Prototxt} net @param {string} name @param {string} bottom @param {number} squeeze @param {number} expand */
function fire(net, name, bottom, squeeze, expand) {
  const narrow = net.convolutionRelu(`${name}/squeeze1x1`, bottom, { outputs: squeeze });
  const small = net.convolutionRelu(`${name}/expand1x1`, narrow, { outputs: expand });
  const large = net.convolutionRelu(`${name}/expand3x3`, narrow, { outputs: expand, kernel: 3, pad: 1 });
  return net.concat(`${name}/concat`, [small, large]);
}

function prototxt(size = 224) {
  const net = new Prototxt('SqueezeNet 1.1', [1, 3, size, size]);
  let top = net.convolutionRelu('conv1', 'data', { outputs: 64, kernel: 3, stride: 2 });
  top = net.maxPool('pool1', top, { kernel: 3, stride: 2 });
  top = fire(net, 'fire2', top, 16, 64);
  top = fire(net, 'fire3', top, 16, 64);
  top = net.maxPool('pool3', top, { kernel: 3, stride: 2 });
  top = fire(net, 'fire4', top, 32, 128);
  top = fire(net, 'fire5', top, 32, 128);
  top = net.maxPool('pool5', top, { kernel: 3, stride: 2 });
  top = fire(net, 'fire6', top, 48, 192);
  top = fire(net, 'fire7', top, 48, 192);
  top = fire(net, 'fire8', top, 64, 256);
  top = fire(net, 'fire9', top, 64, 256);
  top = net.dropout('drop9', top);
  top = net.convolutionRelu('conv10', top, { outputs: 1000 });
  top = net.globalAveragePool('pool10', top);
  net.softmax('prob', top);
  return net.text;
}

/** SqueezeNet 1.1 at 224 x 224. @type {Network} */
export const squeezenet = { title: 'SqueezeNet 1.1', prototxt, outputs: ['pool10', 'prob'] };

/**
 * Writes the example's weights with one channel of a layer 50 times as large, and the weights that read this channel
 * 50 times as small. In float32 the network computes the same as before. In codes it does not: the large channel needs a
 * threshold that leaves few codes to the other channels of its layer.
 *   node examples/broken/outlier.js OUT.caffemodel LAYER CHANNEL READER
 * READER is the only convolution, without groups, that reads LAYER.
 */
import { fileURLToPath } from 'node:url';
import { readCaffemodel, writeCaffemodel } from '../caffemodel.js';

const FACTOR = 50;

const [output, layer, channelText, reader] = process.argv.slice(2);
if (output === undefined || layer === undefined || channelText === undefined || reader === undefined) {
  console.error('expected OUT.caffemodel LAYER CHANNEL READER, as in: dist/outlier.caffemodel conv1 5 conv2');
  process.exit(2);
}
const channel = Number(channelText);

const net = readCaffemodel(fileURLToPath(new URL('../cifar10/model.caffemodel', import.meta.url)));

/** The blobs of a layer. @param {string} name */
const blobsOf = (name) => {
  const found = net.layer.find((each) => each.name === name);
  if (found === undefined) throw new Error(`expected a layer ${name} in the example's weights.`);
  return found.blobs;
};

// The Scale behind the layer's batch norm holds a factor and a bias for each channel. The ReLU behind it keeps the factor.
for (const { data } of blobsOf(`${layer}/scale`)) data[channel] *= FACTOR;

// The reader's weights are [output channel][input channel][row][column].
const [weights] = blobsOf(reader);
const [, inputs, rows, columns] = weights.shape.dim.map(Number);
for (let index = 0; index < weights.data.length; index++)
  if (Math.floor(index / (rows * columns)) % inputs === channel) weights.data[index] /= FACTOR;

writeCaffemodel(output, net);

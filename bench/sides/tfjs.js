import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { buildGraph, seededInput } from '../networks/index.js';

/** @typedef {import('../../dist/src/graph/graph.js').Graph} Graph */

/**
 * TensorFlow.js on its WebAssembly SIMD backend, by direct calls of its fused operations, channels last as it wants
 * them. In Node it runs on one thread whatever is asked for.
 * @param {{ network: string, threads: number }} config
 */
export async function open({ network, threads }) {
  if (threads > 1) throw new Error('@tensorflow/tfjs-backend-wasm has no threads in Node.');
  tf.enableProdMode();
  await tf.setBackend('wasm');
  await tf.ready();
  const graph = buildGraph(network);
  const steps = compile(graph);
  const [id] = graph.inputs;
  const { shape } = graph.values[id];
  const input = tf.transpose(tf.tensor(seededInput(shape), [...shape]), [0, 2, 3, 1]);
  const forward = () =>
    tf.tidy(() => {
      /** @type {tf.Tensor[]} */
      const values = [];
      values[id] = input;
      for (const step of steps) values[step.output] = step.run(step.inputs.map((from) => values[from]));
      return graph.outputs.map((output) => values[output]);
    });
  const results = async () => {
    const tensors = forward();
    const data = await Promise.all(tensors.map((tensor) => tensor.data()));
    tensors.forEach((tensor) => tensor.dispose());
    return data.map((values) => Float32Array.from(values));
  };
  return {
    async run(/** @type {number} */ count) {
      for (let i = 0; i < count; i++) await results();
    },
    outputs: results,
  };
}

/** @param {Graph} graph @returns {{ inputs: readonly number[], output: number, run: (inputs: any[]) => tf.Tensor }[]} */
function compile(graph) {
  const readers = (/** @type {number} */ id) => graph.nodes.filter((node) => node.inputs.includes(id));
  const fused = new Set();
  return graph.nodes
    .filter(({ op }) => op !== 'input')
    .flatMap((node) => {
      if (fused.has(node)) return [];
      const next = readers(node.outputs[0]);
      const takes =
        (node.op === 'convolution' || node.op === 'inner-product') && next.length === 1 && next[0].op === 'relu';
      if (takes) fused.add(next[0]);
      const build = builders[node.op];
      return [
        {
          inputs: node.inputs,
          output: (takes ? next[0] : node).outputs[0],
          run: build(node, takes ? 'relu' : 'linear', graph),
        },
      ];
    });
}

/** @type {Record<string, (node: any, activation: 'relu' | 'linear', graph: Graph) => (inputs: any[]) => tf.Tensor>} */
const builders = {
  convolution(node, activation) {
    const { group, outChannels, stride: strides, dilation: dilations, pad } = node.attrs;
    const [weights, bias] = node.params;
    const depthwise = group > 1;
    if (depthwise && group !== outChannels)
      throw new Error(`layer "${node.name}": TensorFlow.js has no grouped convolution.`);
    const filter = tf.transpose(tf.tensor(weights.data, weights.shape), depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]);
    const more = { filter, strides, dilations, pad: padding(pad), bias: tf.tensor1d(bias.data), activation };
    return ([x]) =>
      depthwise
        ? tf.fused.depthwiseConv2d(/** @type {any} */ ({ x, ...more }))
        : tf.fused.conv2d(/** @type {any} */ ({ x, ...more }));
  },
  relu:
    () =>
    ([x]) =>
      tf.relu(x),
  pooling(node, _activation, graph) {
    const { operation, kernel, stride, pad } = node.attrs;
    const [input, output] = [node.inputs[0], node.outputs[0]].map((id) => graph.values[id].shape.slice(2));
    if (operation === 'average') return ([x]) => tf.avgPool(x, kernel, stride, 'valid');
    const behind = [0, 1].map((axis) =>
      Math.max(0, (output[axis] - 1) * stride[axis] + kernel[axis] - input[axis] - pad[axis]),
    );
    return ([x]) => tf.maxPool(x, kernel, stride, padding([pad[0], pad[1], behind[0], behind[1]]));
  },
  concat: () => (inputs) => tf.concat(inputs, 3),
  eltwise:
    () =>
    ([a, b]) =>
      tf.add(a, b),
  'inner-product'(node, activation) {
    const [weights, bias] = node.params;
    const b = tf.transpose(tf.tensor2d(weights.data, weights.shape));
    const biases = tf.tensor1d(bias.data);
    return ([x]) => tf.fused.matMul({ a: tf.reshape(x, [1, -1]), b, bias: biases, activation });
  },
  softmax:
    () =>
    ([x]) =>
      tf.softmax(x),
};

/** @param {readonly number[]} pad top, left, bottom, right @returns {any} */
function padding([top, left, bottom, right]) {
  return top + left + bottom + right === 0
    ? 'valid'
    : [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
}

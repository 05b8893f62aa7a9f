import { floats, join, message, string, varint, varints } from './protobuf.js';

/** @typedef {import('../../dist/src/graph/graph.js').Graph} Graph */
/** @typedef {import('../../dist/src/graph/graph.js').GraphNode} GraphNode */
/** @typedef {import('./protobuf.js').Encoded} Encoded */

const OPSET = 13;
const IR_VERSION = 8;
const FLOAT = 1;

/** Name of a value in the ONNX file. @param {number} id */
export const valueName = (id) => `v${id}`;

/**
 * A graph as an ONNX model with its weights inside. Knows what the bench's networks are made of and throws on
 * anything else. Padding of pooling windows that Caffe lets reach past the input is written out.
 * @param {Graph} graph NCHW, batch norms folded
 */
export function writeOnnx(graph) {
  const nodes = graph.nodes.filter(({ op }) => op !== 'input').flatMap((node) => writeNode(graph, node));
  const parameters = graph.nodes.flatMap((node) =>
    node.params.map((tensor, index) => initializer(`w${node.outputs[0]}_${index}`, tensor)),
  );
  const ports = [
    ...graph.inputs.map((id) => valueInfo(11, graph, id)),
    ...graph.outputs.map((id) => valueInfo(12, graph, id)),
  ];
  const body = message(7, ...nodes, string(2, graph.name), ...parameters, ...ports);
  return join([...varint(1, IR_VERSION), ...body, ...message(8, string(1, ''), varint(2, OPSET))]);
}

/** @param {Graph} graph @param {GraphNode} node @returns {Encoded[]} */
function writeNode(graph, node) {
  const write = writers[node.op];
  if (write === undefined)
    throw new Error(`ONNX writer: layer "${node.name}": expected ${Object.keys(writers).join(', ')}, got ${node.op}.`);
  return write(graph, node);
}

/** @type {Record<string, (graph: Graph, node: any) => Encoded[]>} */
const writers = {
  convolution(_graph, node) {
    const { kernel, stride, pad, dilation, group } = node.attrs;
    return [operation('Conv', node, { kernel_shape: kernel, strides: stride, pads: pad, dilations: dilation, group })];
  },
  relu: (_graph, node) => [operation('Relu', node, {})],
  pooling(graph, node) {
    const { operation: kind, kernel, stride, pad } = node.attrs;
    if (kind === 'max')
      return [operation('MaxPool', node, { kernel_shape: kernel, strides: stride, pads: wholePads(graph, node) })];
    const plain =
      pad.every((/** @type {number} */ size) => size === 0) &&
      graph.values[node.outputs[0]].shape.slice(2).every((size) => size === 1);
    if (!plain) throw new Error(`ONNX writer: layer "${node.name}": expected a global average, got windows.`);
    return [operation('GlobalAveragePool', node, {})];
  },
  concat: (_graph, node) => [operation('Concat', node, { axis: node.attrs.axis })],
  eltwise(_graph, node) {
    const { operation: kind, coefficients } = node.attrs;
    if (kind !== 'sum' || coefficients.some((/** @type {number} */ factor) => factor !== 1))
      throw new Error(`ONNX writer: layer "${node.name}": expected a plain sum.`);
    return [operation('Add', node, {})];
  },
  'inner-product'(_graph, node) {
    const flat = `${valueName(node.inputs[0])}_flat`;
    const before = message(
      1,
      string(1, valueName(node.inputs[0])),
      string(2, flat),
      string(4, 'Flatten'),
      integer('axis', 1),
    );
    return [before, operation('Gemm', node, { transB: 1 }, [flat])];
  },
  softmax: (_graph, node) => [operation('Softmax', node, { axis: node.attrs.axis })],
};

/** Padding with which windows that all lie inside give Caffe's output size. @param {Graph} graph @param {any} node */
function wholePads(graph, node) {
  const { kernel, stride, pad } = node.attrs;
  const [input, output] = [node.inputs[0], node.outputs[0]].map((id) => graph.values[id].shape.slice(2));
  const behind = [0, 1].map((axis) => (output[axis] - 1) * stride[axis] + kernel[axis] - input[axis] - pad[axis]);
  return [pad[0], pad[1], ...behind.map((size) => Math.max(0, size))];
}

/** @param {string} type @param {GraphNode} node @param {Record<string, number | readonly number[]>} attributes @param {string[]} [inputs] @returns {Encoded} */
function operation(type, node, attributes, inputs = node.inputs.map(valueName)) {
  const all = [...inputs, ...node.params.map((_, index) => `w${node.outputs[0]}_${index}`)];
  const written = Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number' ? integer(name, value) : integers(name, value),
  );
  return message(
    1,
    ...all.map((name) => string(1, name)),
    ...node.outputs.map((id) => string(2, valueName(id))),
    string(3, node.name),
    string(4, type),
    ...written,
  );
}

/** @param {string} name @param {number} value @returns {Encoded} */
const integer = (name, value) => message(5, string(1, name), varint(3, value), varint(20, 2));

/** @param {string} name @param {readonly number[]} values @returns {Encoded} */
const integers = (name, values) =>
  message(5, string(1, name), ...values.map((value) => varint(8, value)), varint(20, 7));

/** @param {string} name @param {{ shape: readonly number[], data: Float32Array }} tensor @returns {Encoded} */
const initializer = (name, { shape, data }) =>
  message(5, varints(1, shape), varint(2, FLOAT), string(8, name), floats(9, data));

/** @param {number} field @param {Graph} graph @param {number} id @returns {Encoded} */
function valueInfo(field, graph, id) {
  const dims = graph.values[id].shape.map((size) => message(1, varint(1, size)));
  return message(field, string(1, valueName(id)), message(2, message(1, varint(1, FLOAT), message(2, ...dims))));
}

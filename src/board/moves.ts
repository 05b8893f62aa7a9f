import type { GraphNode } from '../graph/graph.js';
import type { NodeShapes } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import { elements } from '../tensor.js';

/**
 * For each element of the outputs of a layer that moves elements (a Concat, a Reshape, a Slice), joined: the element of its inputs,
 * joined, that it copies, counted from 1; 0: a padding.
 */
export function movesOf(node: GraphNode, shapes: NodeShapes): Int32Array {
  let next = 1;
  const inputs = shapes.inputs.map((shape) => {
    const first = next;
    next += elements(shape);
    return { shape, data: Int32Array.from({ length: elements(shape) }, (_, i) => first + i) };
  });
  const sizes = shapes.outputs.map(elements);
  const outputs = shapes.outputs.map((shape, i) => ({ shape, data: new Int32Array(sizes[i] ?? 0) }));
  opOf(node).reference(node, inputs, outputs, shapes.layout);
  const joined = new Int32Array(sizes.reduce((total, size) => total + size, 0));
  outputs.reduce((at, { data }) => {
    joined.set(data, at);
    return at + data.length;
  }, 0);
  return joined;
}

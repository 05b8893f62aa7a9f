import type { Graph, GraphNode } from '../../src/graph/graph.js';
import type { Tensor } from '../../src/tensor.js';

/** A node of these parameters. */
export const node = (name: string, params: Tensor[]): GraphNode => ({
  name,
  op: 'convolution',
  type: 'Convolution',
  attrs: {},
  inputs: [],
  outputs: [],
  params,
  where: '',
});
/** A graph of nodes without values. */
export const graphOf = (...nodes: GraphNode[]): Graph => ({
  name: 'net',
  nodes,
  values: [],
  inputs: [],
  outputs: [],
  names: {},
});
/** All elements along one axis. */
export const tensor = (data: Float32Array): Tensor => ({ shape: [data.length], data });

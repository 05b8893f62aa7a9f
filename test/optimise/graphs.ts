import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';

/** A network of seeded weights behind an input "data" of 1x3x4x4. */
export function network(layers: string): Graph {
  const input = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 3, 4, 4] } } }';
  return loadCaffe({ prototxt: input + layers, seedWeights: 1 });
}

/** A layer of one top of its own name. */
export function layer(type: string, name: string, bottom: string, parameters = ''): string {
  return `layer { name: "${name}" type: "${type}" bottom: "${bottom}" top: "${name}" ${parameters} }`;
}

/** A 1x1 convolution to 3 channels. */
export function convolution(name: string, bottom: string): string {
  return layer('Convolution', name, bottom, 'convolution_param { num_output: 3 kernel_size: 1 }');
}

export function namesOf(graph: Graph): string {
  return graph.nodes.map(({ name }) => name).join(' ');
}

/** For each node its name and the blobs that it reads. */
export function readsOf(graph: Graph): Record<string, string> {
  return Object.fromEntries(
    graph.nodes.map((node) => [node.name, node.inputs.map((id) => graph.values[id]?.blob).join(' ')]),
  );
}

import { closeSync, openSync, writeFileSync } from 'node:fs';
import { floats, header, message, sizeOf, string, varints } from './protobuf.js';

/** @typedef {import('../../dist/src/graph/graph.js').Graph} Graph */

/**
 * Writes the weights of a graph as Caffe would: a NetParameter of one LayerParameter per layer, blob after blob.
 * @param {string} path @param {Graph} graph as the prototxt has it, not folded
 */
export function writeCaffemodel(path, graph) {
  const descriptor = openSync(path, 'w');
  for (const part of string(1, graph.name)) writeFileSync(descriptor, part);
  for (const { name, type, params } of graph.nodes) {
    if (params.length === 0) continue;
    const blobs = params.flatMap(({ shape, data }) => message(7, message(7, varints(1, shape)), floats(5, data)));
    const content = [...string(1, name), ...string(2, type), ...blobs];
    for (const part of [...header(100, sizeOf(content)), ...content]) writeFileSync(descriptor, part);
  }
  closeSync(descriptor);
}

import { readFileSync, writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const schema = readFileSync(new URL('../proto/caffe.proto', import.meta.url), 'utf8');
const NetParameter = protobuf.parse(schema, { keepCase: true }).root.lookupType('caffe.NetParameter');

/**
 * @typedef {{ shape: { dim: number[] }, data: number[] | Float32Array }} Blob
 * @typedef {{ name: string, type: string, blobs: Blob[] }} Layer
 */

/**
 * The layers of a caffemodel with their weights.
 * @param {string} path
 * @returns {{ name: string, layer: Layer[] }}
 */
export function readCaffemodel(path) {
  return /** @type {any} */ (NetParameter.decode(readFileSync(path)));
}

/**
 * Writes layers with their weights as a binary caffemodel.
 * @param {string} path
 * @param {{ name: string, layer: Layer[] }} net
 */
export function writeCaffemodel(path, net) {
  writeFileSync(path, NetParameter.encode(NetParameter.create(net)).finish());
}

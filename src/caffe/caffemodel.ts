import { fail } from '../error.js';
import { floatView, halvesToFloats } from '../formats/payload.js';
import { decodeMessage } from '../formats/protobuf.js';
import type { Message } from '../formats/schema.js';
import type { Tensor } from '../tensor.js';
import { elements, formatShape } from '../tensor.js';
import { netType } from './schema.js';
import { refuseWeights } from './wrong-file.js';

/** The weight blobs of a caffemodel by layer name, shapes as stored; layers without blobs are left out. */
export type Weights = ReadonlyMap<string, readonly Tensor[]>;

/** The fields of a caffemodel that are read. Parameters of layers are not: forks number them differently. */
const kept: Readonly<Record<string, readonly string[]>> = {
  NetParameter: ['layer', 'layers'],
  LayerParameter: ['name', 'blobs'],
  V1LayerParameter: ['name', 'blobs', 'layer'],
  V0LayerParameter: ['name', 'blobs'],
};

/**
 * Reads a binary caffemodel in any of Caffe's forms. Data are float32: stored floats are views of `bytes` where aligned,
 * doubles are rounded, half precision is widened. `name` names the file in messages. With `consume` the bytes may be
 * overwritten, so that (nearly) all floats are views; they cannot be read again. Throws `format` where the bytes are
 * no caffemodel.
 */
export function readCaffemodel(bytes: Uint8Array, name: string, consume = false): Weights {
  refuseWeights(bytes, name);
  const net = decodeMessage(netType(), bytes, {
    where: name,
    consume,
    keep: (type, field) => kept[type]?.includes(field) ?? true,
  });
  const weights = new Map<string, readonly Tensor[]>();
  for (const layer of [...((net['layers'] ?? []) as Message[]), ...((net['layer'] ?? []) as Message[])])
    addLayer(weights, layer, name);
  if (weights.size === 0) fail('format', name, 'expected layers with weights, got none.', 'Is this a caffemodel?');
  return weights;
}

function addLayer(weights: Map<string, readonly Tensor[]>, message: Message, file: string): void {
  const layer = (message['layer'] as Message | undefined) ?? message;
  const name = String(layer['name'] ?? message['name'] ?? '');
  const blobs = (layer['blobs'] ?? message['blobs'] ?? []) as Message[];
  if (blobs.length > 0)
    weights.set(
      name,
      blobs.map((blob, index) => readBlob(blob, `${file}: layer "${name}", blob ${index}`)),
    );
}

function readBlob(blob: Message, where: string): Tensor {
  const data = blobData(blob, where);
  const shape = blobShape(blob, data.length);
  if (shape.some((size) => size < 0) || elements(shape) !== data.length) {
    fail(
      'format',
      where,
      `expected ${elements(shape)} numbers for its shape ${formatShape(shape)}, got ${data.length}.`,
      'The file is corrupt.',
    );
  }
  return { shape, data };
}

/** The stated shape; the four sizes of old files; or all numbers in one row. */
function blobShape(blob: Message, length: number): number[] {
  if (blob['shape'] !== undefined) return ((blob['shape'] as Message)['dim'] ?? []) as number[];
  const legacy = [blob['num'], blob['channels'], blob['height'], blob['width']];
  return legacy.some((size) => size !== undefined) ? legacy.map((size) => Number(size ?? 0)) : [length];
}

function blobData(blob: Message, where: string): Float32Array {
  if (blob['raw_data'] !== undefined)
    return rawData(blob['raw_data'] as Uint8Array, String(blob['raw_data_type'] ?? 'DOUBLE'), where);
  if (blob['double_data'] !== undefined) return Float32Array.from(blob['double_data'] as Float64Array);
  return (blob['data'] as Float32Array | undefined) ?? new Float32Array(0);
}

function rawData(bytes: Uint8Array, type: string, where: string): Float32Array {
  const width =
    ({ DOUBLE: 8, FLOAT: 4, FLOAT16: 2 } as const)[type] ??
    fail('format', where, `expected raw data of type DOUBLE, FLOAT or FLOAT16, got ${type}.`);
  if (bytes.length % width !== 0)
    fail(
      'format',
      where,
      `expected a whole number of ${width}-byte values, got ${bytes.length} bytes.`,
      'The file is corrupt.',
    );
  if (width === 2) return halvesToFloats(bytes);
  const floats = floatView(bytes, 0, bytes.length, width);
  return floats instanceof Float32Array ? floats : Float32Array.from(floats);
}

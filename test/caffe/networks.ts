import { type CaffeOptions, loadCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';
import { ProtobufWriter } from '../protobuf-writer.js';

export const input =
  'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 64 dim: 3 dim: 8 dim: 10 } } }\n';
export const conv = (name: string, bottom: string, more = '') =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: 4 kernel_size: 3 ${more} } }\n`;
export const relu = (name: string, blob: string) =>
  `layer { name: "${name}" type: "ReLU" bottom: "${blob}" top: "${blob}" }\n`;
export const fc = (name: string, bottom: string) =>
  `layer { name: "${name}" type: "InnerProduct" bottom: "${bottom}" top: "${name}" inner_product_param { num_output: 5 } }\n`;
/** An input of 64x3x8x10, a Convolution, a ReLU in place and an InnerProduct. */
export const net = input + conv('conv1', 'data') + relu('relu1', 'conv1') + fc('fc', 'conv1');

export function load(prototxt: string, options: Partial<CaffeOptions> = {}): Graph {
  return loadCaffe({ prototxt, prototxtName: 'net', weightsName: 'w', seedWeights: 1, ...options });
}

/** A caffemodel of zeros with these shapes. */
export function weights(layers: Record<string, number[][]>): Uint8Array {
  return ProtobufWriter.build((writer) => {
    for (const [name, shapes] of Object.entries(layers)) {
      writer.message(100, (layer) => {
        layer.string(1, name);
        for (const shape of shapes)
          layer.message(7, (blob) =>
            blob
              .message(7, (inner) => inner.packedIntegers(1, shape))
              .packedFloats(5, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)),
          );
      });
    }
  });
}

/** The shapes of the constants of {@link net}. */
export const right = { conv1: [[4, 3, 3, 3], [4]], fc: [[5, 192], [5]] };

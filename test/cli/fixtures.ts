import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writePng } from '../images/png-writer.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { scratchFolder } from '../scratch.js';

/** The weights of one layer: blobs by shape, filled from a small generator or as given. */
export interface LayerWeights {
  readonly name: string;
  readonly blobs: readonly { readonly shape: readonly number[]; readonly values?: readonly number[] }[];
}

/** A network of one convolution, activation, pooling and inner product on 3 x 8 x 8 images. */
export const prototxt = `name: "small"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2" convolution_param { num_output: 6 kernel_size: 3 } }
layer { name: "fc" type: "InnerProduct" bottom: "conv2" top: "fc" inner_product_param { num_output: 2 } }
`;

/** The weights that {@link prototxt} asks for. */
export const weights: readonly LayerWeights[] = [
  { name: 'conv1', blobs: [{ shape: [4, 3, 3, 3] }, { shape: [4] }] },
  { name: 'conv2', blobs: [{ shape: [6, 4, 3, 3] }, { shape: [6] }] },
  { name: 'fc', blobs: [{ shape: [2, 24] }, { shape: [2] }] },
];

/** Numbers in [-1, 1), the same for the same seed. */
export function noise(count: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1);
}

/** A binary caffemodel. */
export function caffemodel(layers: readonly LayerWeights[]): Uint8Array {
  return ProtobufWriter.build((net) => {
    net.string(1, 'small');
    layers.forEach(({ name, blobs }, index) =>
      net.message(100, (layer) => {
        layer.string(1, name).string(2, 'Convolution');
        for (const {
          shape,
          values = noise(
            shape.reduce((a, b) => a * b, 1),
            index + 1,
          ),
        } of blobs) {
          layer.message(7, (blob) => blob.message(7, (dims) => dims.packedIntegers(1, shape)).packedFloats(5, values));
        }
      }),
    );
  });
}

/** The weights with one layer's blobs replaced. */
export function withBlobs(name: string, blobs: LayerWeights['blobs']): Uint8Array {
  return caffemodel(weights.map((layer) => (layer.name === name ? { name, blobs } : layer)));
}

/** A noisy RGB image. */
export function png(seed: number, width = 8, height = 8): Uint8Array {
  return writePng({
    width,
    height,
    depth: 8,
    colorType: 2,
    samples: noise(width * height * 3, seed).map((value) => Math.floor((value + 1) * 128)),
  });
}

/** A folder in the system's place for temporary files, with these files in it. */
export function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = scratchFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** `net.prototxt`, `net.caffemodel` and four images: what `quantize` needs; with other files, or the same ones replaced. */
export function smallNetwork(others: Readonly<Record<string, Uint8Array | string>> = {}): string {
  const images = Object.fromEntries([0, 1, 2, 3].map((i) => [`images/${i}.png`, png(i + 1)]));
  return folderOf({ 'net.prototxt': prototxt, 'net.caffemodel': caffemodel(weights), ...images, ...others });
}

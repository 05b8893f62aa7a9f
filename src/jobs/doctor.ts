import { importCaffe } from '../caffe/index.js';
import { createEngine } from '../kernels/engine.js';
import { optimise } from '../optimise/index.js';
import { cores, environment, openTemporaryFile, sha256 } from '../platform/index.js';
import { formatScaling } from '../scaling-file/format.js';
import { calibrate } from './calibrate.js';
import { scaleLayers } from './scale.js';

/** One thing that was examined. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What was found; what to do where it is not well. */
  readonly detail: string;
}

/** SHA-256 of the scaling file of the built-in case, which is the same on every machine. */
const EXPECTED = 'c70fbdfcb4b1d82041504ef596ed9fb17fdde2dcd56b3fbd846ef93c5f92e844';

const NETWORK = `name: "doctor"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 16 dim: 16 } } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2" convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "sum" type: "Eltwise" bottom: "conv2" bottom: "pool1" top: "sum" }
layer { name: "fc" type: "InnerProduct" bottom: "sum" top: "fc" inner_product_param { num_output: 4 } }
`;

/** Examines what this package needs of its surroundings, and computes a built-in case whose result is known. */
export async function doctor(): Promise<Finding[]> {
  const found = [
    { name: 'runtime', ok: true, detail: environment.runtime() },
    await examined('SIMD', 'Use Node 20 or later on a machine whose engine has WebAssembly SIMD.', async () => {
      const { kind } = await createEngine();
      return kind === 'wasm'
        ? 'the WebAssembly kernels run'
        : 'the plain kernels run: the same bytes, several times slower';
    }),
    { name: 'threads', ok: true, detail: `${await cores()}` },
    await examined('temporary space', 'Point TMPDIR to a folder that can be written.', temporarySpace),
    await examined('built-in case', 'This machine computes other numbers: report it with this output.', selfTest),
  ];
  return found;
}

/** A finding from a check that throws where something is not well. */
async function examined(name: string, hint: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await check() };
  } catch (error) {
    return { name, ok: false, detail: `${error instanceof Error ? error.message : String(error)} ${hint}` };
  }
}

async function temporarySpace(): Promise<string> {
  const file = await openTemporaryFile();
  try {
    const written = new Uint8Array(2 ** 20).fill(7);
    const read = new Uint8Array(written.length);
    file.read(file.append(written), read);
    if (read.some((byte) => byte !== 7)) throw new Error('a temporary file does not hold what was written.');
  } finally {
    file.close();
  }
  return 'a temporary file holds what is written';
}

/** Quantizes a network of random weights on two images of a fixed pattern. */
async function selfTest(): Promise<string> {
  const { graph } = importCaffe({ prototxt: NETWORK, prototxtName: 'doctor', seedWeights: 1 });
  const arrays = [0, 1].map((image) =>
    Float32Array.from({ length: 3 * 16 * 16 }, (_, i) => ((i * 37 + image * 101) % 255) - 127),
  );
  const layers = await calibrate(
    optimise(graph).graph,
    { arrays },
    { widths: { input: 8, params: 8, output: 8 }, calibrator: 'reference', threads: 1 },
  );
  const hash = await sha256(new TextEncoder().encode(formatScaling(scaleLayers(layers))));
  if (hash !== EXPECTED) throw new Error(`expected SHA-256 ${EXPECTED}, got ${hash}.`);
  return `SHA-256 ${hash.slice(0, 16)}, as on every machine`;
}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/quantize.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { createEngine } from '../../src/kernels/engine.js';
import { optimise } from '../../src/optimise/index.js';
import { Emulator, type EmulatedValue } from '../../src/overlay/emulate.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { generator } from '../kernels/random.js';
import { assertEntries } from '../oracle/compare.js';
import { asTensorFlow, channelsLast } from './same-as-caffe.js';

interface Blob { readonly name: string; readonly shape: readonly number[] }

/** A random network of what both frameworks spell the same; sizes divide, so that Caffe's rounding up does not show. */
function network(seed: number): string {
  const draw = generator(seed * 31 + 5);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  const size = pick([8, 12, 16]);
  const layers = [`layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: ${pick([1, 3, 4])} dim: ${size} dim: ${size} } } }`];
  const blobs: Blob[] = [{ name: 'data', shape: [Number(/dim: 1 dim: (\d)/.exec(layers[0]!)![1]), size, size] }];
  const add = (type: string, bottoms: readonly Blob[], shapes: readonly (readonly number[])[], param = ''): void => {
    const name = `l${layers.length}`;
    const tops = shapes.map((shape, i) => ({ name: i === 0 ? name : `${name}_${i}`, shape }));
    layers.push(`layer { name: "${name}" type: "${type}" ${bottoms.map((bottom) => `bottom: "${bottom.name}"`).join(' ')} ${tops.map((top) => `top: "${top.name}"`).join(' ')} ${param} }`);
    blobs.push(...tops);
  };
  while (layers.length < 6 + seed % 9) {
    const bottom = draw(10) < 6 ? blobs.at(-1)! : pick(blobs);
    const [c, h, w] = bottom.shape as [number, number, number];
    const same = blobs.filter(({ shape }) => shape.join() === bottom.shape.join());
    const kind = draw(14);
    if (kind < 4 && h >= 3) {
      const [kernel, pad] = pick([[1, 0], [3, 1], [3, 0], [3, 1]] as const);
      const out = pick([2, 4, 6, c]);
      const group = out % c === 0 && draw(4) === 0 ? c : 1;
      add('Convolution', [bottom], [[out, h + 2 * pad - kernel + 1, w + 2 * pad - kernel + 1]], `convolution_param { num_output: ${out} kernel_size: ${kernel} pad: ${pad} group: ${group} bias_term: ${draw(3) > 0} }`);
    } else if (kind === 4 && h <= 8) add('Deconvolution', [bottom], [[4, 2 * h, 2 * w]], 'convolution_param { num_output: 4 kernel_size: 2 stride: 2 }');
    else if (kind === 5) add('BatchNorm', [bottom], [bottom.shape], 'batch_norm_param { eps: 0.0001 scale_bias: true }');
    else if (kind < 8) {
      const [type, param] = pick([['ReLU', ''], ['ReLU6', ''], ['ReLU', 'relu_param { negative_slope: 0.2 }']] as const);
      add(type, [bottom], [bottom.shape], param);
    }
    else if (kind === 8 && h % 2 === 0 && w % 2 === 0) add('Pooling', [bottom], [[c, h / 2, w / 2]], `pooling_param { pool: ${pick(['MAX', 'AVE'])} kernel_size: 2 stride: 2 }`);
    else if (kind === 9) {
      const fitting = blobs.filter(({ shape }) => shape.slice(1).join() === bottom.shape.slice(1).join());
      const bottoms = [bottom, pick(fitting), ...(draw(3) === 0 ? [pick(fitting)] : [])];
      add('Concat', bottoms, [[bottoms.reduce((sum, { shape }) => sum + shape[0]!, 0), h, w]]);
    } else if (kind === 10) add('Eltwise', [bottom, pick(same)], [bottom.shape], pick(['', '', 'eltwise_param { operation: MAX }', 'eltwise_param { coeff: 1 coeff: -1 }']));
    else if (kind === 11 && c % 2 === 0) add('Slice', [bottom], [[c / 2, h, w], [c / 2, h, w]]);
    else if (kind === 12) add(pick(['Sigmoid', 'TanH', 'AbsVal', 'Softmax']), [bottom], [bottom.shape]);
    else if (kind === 13) add('Pooling', [bottom], [[c, 1, 1]], 'pooling_param { pool: AVE global_pooling: true }');
  }
  // In TensorFlow a Reshape keeps a batch norm from the product after it.
  if (layers.at(-1)!.includes('BatchNorm')) add('ReLU', [blobs.at(-1)!], [blobs.at(-1)!.shape]);
  layers.push(`layer { name: "fc" type: "InnerProduct" bottom: "${blobs.at(-1)!.name}" top: "fc" inner_product_param { num_output: 5 } }`);
  return layers.join('\n');
}

/** Statistics as they are, not multiplied: TensorFlow has no factor to store. */
function withoutFactors(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.op === 'batch-norm' ? { ...node, params: node.params.map((param, i) => (i === 2 ? { ...param, data: Float32Array.of(1) } : param)) } : node)) };
}

/** Every value that the overlay computes for an image, by its name. */
async function emulated(graph: Graph, entries: readonly ScalingEntry[], overlay: 'v2' | 'v3', image: Float32Array): Promise<Map<string, EmulatedValue>> {
  const { graph: optimised } = optimise(graph);
  const values = new Map<number, EmulatedValue>();
  const names = Object.entries(optimised.names);
  const emulator = new Emulator(await createEngine(), { ...optimised, outputs: [...new Set(names.map(([, id]) => id))] }, new Map(entries.map((entry) => [entry.name, entry])), overlay);
  emulator.run([image], new Set(names.map(([, id]) => id)), (id, value) => values.set(id, value));
  return new Map(names.flatMap(([name, id]) => (values.has(id) ? [[name, values.get(id)!] as const] : [])));
}

/** Form and elements of a value, these in ascending order: the frameworks lay them out differently. */
const inOneOrder = ({ form, tensor }: EmulatedValue): unknown => [form, [...tensor.data].sort((a, b) => a - b)];

for (let seed = 1; seed <= 60; seed++) {
  test(`network ${seed}: the progressive walk measures the same in both frameworks`, async () => {
    const prototxt = network(seed);
    const draw = generator(seed);
    const widths = ([[8, 8, 8], [8, 8, 8], [16, 16, 16], [8, 8, 16]] as const)[draw(4)]!;
    const options = { widths: { input: widths[0], params: widths[1], output: widths[2] }, threads: 1, power_of_two: draw(5) === 0, unify_concat: draw(5) === 0 };
    const caffe = withoutFactors(loadCaffe({ prototxt, seedWeights: seed }));
    const { shape } = caffe.values[caffe.inputs[0]!]!;
    const images = [1, 2].map(() => Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => draw(1 << 20) / (1 << 14) - 30));
    const entriesOf = async (graph: Graph, arrays: readonly Float32Array[]): Promise<readonly ScalingEntry[]> =>
      scaleLayers(await calibrate(optimise(graph).graph, { arrays }, arrays.length, options), { overlay: 'v3', include_inner_product: true });
    try {
      const tensorflow = loadTensorFlow({ bytes: asTensorFlow(caffe), fileName: 'model.pb' });
      // A sum or maximum of rectified copies of one value is taken for a ReLU in TensorFlow, where such are written out.
      const joins = (graph: Graph): number => graph.nodes.filter(({ op }) => op === 'eltwise').length;
      if (joins(tensorflow) < joins(caffe)) return;
      const entries = await entriesOf(caffe, images);
      assertEntries(await entriesOf(tensorflow, images.map((image) => channelsLast(image, shape))), entries, 'TensorFlow against Caffe');
      for (const overlay of ['v2', 'v3'] as const) {
        const [codes, other] = [await emulated(caffe, entries, overlay, images[0]!), await emulated(tensorflow, entries, overlay, channelsLast(images[0]!, shape))];
        for (const [name, value] of codes) {
          const found = other.get(name);
          if (found !== undefined) assert.equal(inOneOrder(found), inOneOrder(value), `${overlay}: ${name}`);
        }
      }
    } catch (error) {
      (error as Error).message += `\n${JSON.stringify(options)}\n${prototxt}`;
      throw error;
    }
  });
}

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { type EmulatedValue, Emulator } from '../../src/emulator/emulator.js';
import type { Graph } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { createEngine } from '../../src/kernels/engine.js';
import { optimise } from '../../src/optimise/index.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { generator } from '../kernels/random.js';
import { assertEntries } from '../oracle/compare.js';
import { asTensorFlow, channelsLast, network, withoutFactors } from './same-as-caffe.js';

/** Every value that the overlay computes for an image, by its name. */
async function emulated(
  graph: Graph,
  entries: readonly ScalingEntry[],
  overlay: 'v2' | 'v3',
  image: Float32Array,
): Promise<Map<string, EmulatedValue>> {
  const { graph: optimised } = optimise(graph);
  const values = new Map<number, EmulatedValue>();
  const names = Object.entries(optimised.names);
  const emulator = new Emulator(
    await createEngine(),
    { ...optimised, outputs: [...new Set(names.map(([, id]) => id))] },
    new Map(entries.map((entry) => [entry.name, entry])),
    overlay,
  );
  emulator.run([image], new Set(names.map(([, id]) => id)), (id, value) => values.set(id, value));
  return new Map(names.flatMap(([name, id]) => (values.has(id) ? [[name, values.get(id)!] as const] : [])));
}

/** Form and elements of a value, these in ascending order: the frameworks lay them out differently. */
const inOneOrder = ({ placement, tensor }: EmulatedValue): unknown => [
  placement,
  [...tensor.data].sort((a, b) => a - b),
];

for (let seed = 1; seed <= 60; seed++) {
  test(`network ${seed}: the progressive walk measures the same in both frameworks`, async () => {
    const prototxt = network(seed);
    const draw = generator(seed);
    const widths = (
      [
        [8, 8, 8],
        [8, 8, 8],
        [16, 16, 16],
        [8, 8, 16],
      ] as const
    )[draw(4)]!;
    const options = {
      widths: { input: widths[0], params: widths[1], output: widths[2] },
      threads: 1,
      powerOfTwo: draw(5) === 0,
      unifyConcat: draw(5) === 0,
    };
    const caffe = withoutFactors(loadCaffe({ prototxt, seedWeights: seed }));
    const { shape } = caffe.values[caffe.inputs[0]!]!;
    const images = [1, 2].map(() =>
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => draw(1 << 20) / (1 << 14) - 30),
    );
    const entriesOf = async (graph: Graph, arrays: readonly Float32Array[]): Promise<readonly ScalingEntry[]> =>
      scaleLayers(await calibrate(optimise(graph).graph, { arrays }, options), {
        overlay: 'v3',
        includeInnerProduct: true,
      });
    try {
      const tensorflow = loadTensorFlow({ bytes: asTensorFlow(caffe), fileName: 'model.pb' });
      // A sum or maximum of rectified copies of one value is taken for a ReLU in TensorFlow, where such are written out.
      const joins = (graph: Graph): number => graph.nodes.filter(({ op }) => op === 'eltwise').length;
      if (joins(tensorflow) < joins(caffe)) return;
      const entries = await entriesOf(caffe, images);
      assertEntries(
        await entriesOf(
          tensorflow,
          images.map((image) => channelsLast(image, shape)),
        ),
        entries,
        'TensorFlow against Caffe',
      );
      for (const overlay of ['v2', 'v3'] as const) {
        const [codes, other] = [
          await emulated(caffe, entries, overlay, images[0]!),
          await emulated(tensorflow, entries, overlay, channelsLast(images[0]!, shape)),
        ];
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

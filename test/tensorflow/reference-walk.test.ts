/**
 * `docs/spec/quantizer.md`, section 5, read a second time: the float graph once, every convolution, then every
 * Concat.
 */
import { test } from 'uvu';
import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph, ValueId } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { dropIdentities } from '../../src/optimise/index.js';
import { interpret } from '../../src/runtime/interpret.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { generator } from '../kernels/random.js';
import { search, toPowerOfTwo } from '../oracle/arithmetic.js';
import { assertEntries } from '../oracle/compare.js';
import { entriesOf, type Measured } from '../oracle/walk.js';
import { asTensorFlow, channelsLast, network, withoutFactors } from './same-as-caffe.js';

interface Options {
  readonly widths: { readonly input: number; readonly params: number; readonly output: number };
  readonly powerOfTwo: boolean;
  readonly includeInnerProduct: boolean;
}

function referenceWalk(
  graph: Graph,
  images: readonly Float32Array[],
  { widths, powerOfTwo, includeInnerProduct }: Options,
): Measured[] {
  const runs = images.map((data) =>
    interpret(graph, new Map([[graph.inputs[0]!, { shape: graph.values[graph.inputs[0]!]!.shape, data }]])),
  );
  const onGrid = (th: number, bw: number): number => (powerOfTwo ? toPowerOfTwo(th, bw) : th);
  const thresholdOf = (id: ValueId, bw: number): number =>
    onGrid(
      search(
        runs.map((values) => values[id]!.data),
        bw,
      ),
      bw,
    );
  const measured = new Map<string, Measured>();
  for (const { name, op, inputs, outputs, params } of graph.nodes) {
    if (op !== 'convolution' && op !== 'inner-product') continue;
    const { data, shape } = params[0]!;
    const depth = data.length / shape[0]!;
    const thParams = Array.from({ length: shape[0]! }, (_, c) =>
      onGrid(
        data.slice(c * depth, (c + 1) * depth).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0),
        widths.params,
      ),
    );
    measured.set(name, {
      name,
      form: op === 'convolution' ? 'Convolution' : 'InnerProduct',
      bwIn: widths.input,
      bwOut: widths.output,
      bwParams: widths.params,
      thIn: thresholdOf(inputs[0]!, widths.input),
      thOut: thresholdOf(outputs[0]!, widths.output),
      thParams,
      channels: shape[0]!,
    });
  }
  const nearest = (id: ValueId): Measured | undefined => {
    const node = graph.nodes.find(({ outputs }) => outputs.includes(id))!;
    const own = measured.get(node.name);
    if (own !== undefined && (own.form === 'Convolution' || includeInnerProduct)) return own;
    for (const input of node.inputs) {
      const found = nearest(input);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const { op, inputs, outputs } of graph.nodes) {
    if (op !== 'concat') continue;
    const th = thresholdOf(outputs[0]!, widths.output);
    for (const id of inputs) {
      const found = nearest(id);
      if (found !== undefined) found.thOut = th;
    }
  }
  return [...measured.values()];
}

for (let seed = 1; seed <= 60; seed++) {
  test(`network ${seed}: the reference walk is the same in both readings`, async () => {
    const prototxt = network(seed);
    const draw = generator(seed);
    const [input, params, output] = (
      [
        [8, 8, 8],
        [8, 8, 8],
        [16, 16, 16],
        [8, 16, 16],
      ] as const
    )[draw(4)]!;
    const options = {
      widths: { input, params, output },
      powerOfTwo: draw(5) === 0,
      includeInnerProduct: draw(2) === 0,
    };
    const caffe = withoutFactors(loadCaffe({ prototxt, seedWeights: seed }));
    const { shape } = caffe.values[caffe.inputs[0]!]!;
    const images = [1, 2].map(() =>
      channelsLast(
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => draw(1 << 20) / (1 << 14) - 30),
        shape,
      ),
    );
    const graph = dropIdentities(loadTensorFlow({ bytes: asTensorFlow(caffe), fileName: 'model.pb' }));
    const layers = await calibrate(
      graph,
      { arrays: images },
      {
        ...options,
        walk: 'reference',
        calibrator: 'reference',
        threads: 1,
      },
    );
    const entries = scaleLayers(layers, {
      overlay: 'v2',
      includeInnerProduct: options.includeInnerProduct,
      multipliers: 'natural',
    });
    assertEntries(
      entries,
      entriesOf(referenceWalk(graph, images, options), 'v2', options.includeInnerProduct),
      `tool against second reading of\n${prototxt}\n`,
    );
  });
}

test.run();

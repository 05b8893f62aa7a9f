import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { optimise } from '../../src/optimise/index.js';
import { plan } from '../../src/runtime/plan.js';
import { checkScaling } from '../../src/scaling-file/check.js';
import { rescale } from '../../src/scaling-file/rescale.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { graphDef, placeholder } from '../tensorflow/graph-def.js';

/** Layers in a network: whatever goes over one must not call itself once a layer, and would take minutes here if it looked through all layers at each. */
const COUNT = 5000;

type Add = (type: string, bottoms: readonly string[], top: string, param?: string) => void;

function network(write: (add: Add) => void): Graph {
  const layers = [
    'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 3 dim: 3 } } }',
  ];
  write((type, bottoms, top, param = '') => {
    layers.push(
      `layer { name: "${layers.length}" type: "${type}" ${bottoms.map((name) => `bottom: "${name}"`).join(' ')} top: "${top}" ${param} }`,
    );
  });
  return loadCaffe({ prototxt: layers.join('\n'), seedWeights: 1 });
}

const convolution = 'convolution_param { num_output: 1 kernel_size: 1 }';
const pooling = 'pooling_param { pool: AVE kernel_size: 3 pad: 1 }';

/** Each layer reads the one before; then what only shows behind them. */
const chain =
  (types: readonly (readonly [type: string, param?: string])[]) =>
  (add: Add): void => {
    for (let i = 0; i < COUNT; i++) {
      const [type, param] = types[i % types.length]!;
      add(type, [i === 0 ? 'data' : `b${i - 1}`], `b${i}`, param);
    }
    add('Concat', [`b${COUNT - 1}`, 'data'], 'joined');
    add('Convolution', ['joined'], 'last', convolution);
  };

const networks: Readonly<Record<string, (add: Add) => void>> = {
  'convolutions and activations': chain([['Convolution', convolution], ['ReLU']]),
  'shape-only layers': chain([['Permute', 'permute_param { order: 0 order: 1 order: 3 order: 2 }']]),
  poolings: chain([['Pooling', pooling]]),
  'batch norms': chain([['Convolution', convolution], ['BatchNorm'], ['Scale']]),
  'batch norms that nothing takes in': chain([['BatchNorm']]),
  copies: chain([['Dropout']]),
  'many readers of one value': (add) => {
    for (let i = 0; i < COUNT; i++) add('ReLU', ['data'], `b${i}`);
    add(
      'Concat',
      Array.from({ length: COUNT }, (_, i) => `b${i}`),
      'joined',
    );
  },
};

for (const [name, write] of Object.entries(networks)) {
  test(`${COUNT} layers: ${name}`, async () => {
    const { graph } = optimise(network(write));
    assert.is(plan(graph).offsets.length, graph.values.length);
    const widths = { input: 8, params: 8, output: 8 } as const;
    const layers = await calibrate(
      graph,
      { arrays: [Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9])] },
      {
        widths,
        unifyConcat: true,
        threads: 1,
      },
    );
    const entries = scaleLayers(layers, { overlay: 'v2' });
    assert.equal(
      checkScaling(entries, { graph, overlay: 'v2' }).filter(({ severity }) => severity === 'fault'),
      [],
    );
    assert.equal(
      rescale(entries, 'v2', { overlay: 'v3' }, graph).map(({ name }) => name),
      entries.map(({ name }) => name),
    );
  });
}

test(`${COUNT} TensorFlow nodes: activations`, () => {
  const nodes = Array.from({ length: COUNT }, (_, i) => ({
    name: `r${i}`,
    op: 'Relu',
    input: [i === 0 ? 'x' : `r${i - 1}`],
  }));
  const graph = loadTensorFlow({ bytes: graphDef(placeholder('x', [1, 3, 3, 1]), ...nodes), fileName: 'chain.pb' });
  assert.is(optimise(graph).graph.nodes.length, COUNT + 1);
});

test.run();

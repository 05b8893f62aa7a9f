import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/analysis/analysed-graph.js';
import { loadCaffe } from '../../src/caffe/index.js';
import { withFloatLayers } from '../../src/graph/float-layers.js';
import { optimise } from '../../src/optimise/index.js';
import { throws } from '../throws.js';

const prototxt = `
  layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
  layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 1 } }
  layer { name: "norm" type: "BatchNorm" bottom: "conv" top: "norm" }
  layer { name: "relu" type: "ReLU" bottom: "norm" top: "relu" }
  layer { name: "pool" type: "Pooling" bottom: "relu" top: "pool" pooling_param { pool: AVE kernel_size: 2 } }`;
const graph = loadCaffe({ prototxt, seedWeights: 1 });

/** The layers of a graph by name, with the kind of their rules. */
const kinds = (patterns: readonly string[]): string[] => {
  const { graph: folded } = optimise(withFloatLayers(graph, patterns));
  return folded.nodes.map(({ name }, index) => `${name} ${analyse(folded).rule(index).kind}`);
};

test('layers that are named are of the host; a batch norm among them is not folded', () => {
  assert.equal(kinds([]), ['data input', 'conv weighted', 'relu activation', 'pool pool']);
  assert.equal(kinds(['conv', 'pool']), ['data input', 'conv host', 'relu activation', 'pool host']);
  assert.equal(kinds(['n*']), ['data input', 'conv weighted', 'norm host', 'relu activation', 'pool pool']);
  assert.is(withFloatLayers(graph, undefined), graph);
});

test("the network's input is no layer of the overlay", () => {
  throws(
    () => withFloatLayers(graph, ['data']),
    /^--float_layers: expected names of layers, got "data", which matches none/,
  );
  assert.is(withFloatLayers(graph, ['*']).nodes.filter(({ float }) => float === true).length, 4);
});

test.run();

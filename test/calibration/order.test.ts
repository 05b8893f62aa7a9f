import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { fusedActivations, schedule } from '../../src/calibration/schedule.js';
import { shapesOf } from '../../src/graph/shapes.js';
import { opOf } from '../../src/ops/index.js';

/** The names of the layers, group by group. */
function groupsOf(prototxt: string): string[][] {
  const graph = loadCaffe({
    prototxt: `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 dim: 8 dim: 8 } } }\n${prototxt}`,
    seedWeights: 1,
  });
  const rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  return schedule(graph, rules, fusedActivations(graph, rules)).map((group) =>
    group.map((index) => graph.nodes[index]!.name),
  );
}

const convolution = (name: string, bottom: string): string =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: 4 kernel_size: 1 } }\n`;
const pooling = (name: string, bottom: string): string =>
  `layer { name: "${name}" type: "Pooling" bottom: "${bottom}" top: "${name}" pooling_param { pool: MAX kernel_size: 3 stride: 1 pad: 1 } }\n`;
const relu = (name: string, bottom: string): string =>
  `layer { name: "${name}" type: "ReLU" bottom: "${bottom}" top: "${name}" }\n`;
const concat = (name: string, ...bottoms: string[]): string =>
  `layer { name: "${name}" type: "Concat" ${bottoms.map((bottom) => `bottom: "${bottom}"`).join(' ')} top: "${name}" }\n`;

test('the branches of an inception are done level by level, activations with their layers', () => {
  const branches = [
    convolution('one', 'data'),
    convolution('reduce', 'data'),
    relu('reduced', 'reduce'),
    convolution('three', 'reduced'),
    pooling('pool', 'data'),
    convolution('project', 'pool'),
    concat('all', 'one', 'three', 'project'),
    convolution('next', 'all'),
  ];
  assert.equal(groupsOf(branches.join('')), [
    ['data'],
    ['one', 'reduce', 'reduced', 'pool', 'project'],
    ['three'],
    ['all'],
    ['next'],
  ]);
});

test('nothing goes past a layer of another kind: a Concat may change the threshold of what others read', () => {
  const layers = [
    convolution('a', 'data'),
    convolution('b', 'data'),
    concat('both', 'a', 'b'),
    convolution('after', 'a'),
    relu('of-data', 'data'),
    convolution('last', 'data'),
  ];
  assert.equal(groupsOf(layers.join('')), [['data'], ['a', 'b'], ['both'], ['after'], ['of-data'], ['last']]);
});

test.run();

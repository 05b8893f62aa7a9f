import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { weightThresholds } from '../../src/analysis/weights.js';
import { loadCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';
import { shapesOf } from '../../src/graph/shapes.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { dropIdentities, dropUnused, optimise } from '../../src/optimise/index.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { graphOfScalingFile } from '../../src/scaling-file/graph-of-scaling-file.js';
import { shared, testShared } from '../support.js';
import { flagsOf } from '../whole/walk-cases.js';

/** Entries with the thresholds of a graph's own convolutions; of nothing else does the choice depend. */
function thresholdsOf(graph: Graph): ScalingEntry[] {
  return graph.nodes
    .filter(({ op }) => op === 'convolution')
    .map(
      (node) =>
        ({ name: node.name, th_params: weightThresholds(node, shapesOf(graph, node)) }) as unknown as ScalingEntry,
    );
}

testShared('thresholds of unfolded weights choose the unfolded network, others the folded one', async () => {
  const folder = join(shared, 'golden/walk/d-depthwise-bn');
  assert.ok(existsSync(folder));
  const { graph } = await loadNetwork(flagsOf(folder));
  const [folded, unfolded] = [optimise(graph).graph, dropIdentities(dropUnused(graph))];
  assert.ok(unfolded.nodes.length > folded.nodes.length);
  const recorded = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')).network;
  const chosen = (entries: readonly ScalingEntry[]): number => graphOfScalingFile(graph, entries).nodes.length;
  assert.equal(
    [chosen(recorded), chosen(thresholdsOf(folded)), chosen(thresholdsOf(unfolded)), chosen([])],
    [folded.nodes.length, folded.nodes.length, unfolded.nodes.length, folded.nodes.length],
  );
});

test('where the weights do not tell, a layer that has no entry does', () => {
  const layer = (type: string, bottom: string, top: string, param = ''): string =>
    `layer { name: "${top}" type: "${type}" bottom: "${bottom}" top: "${top}" ${param} }`;
  const convolution = 'convolution_param { num_output: 4 kernel_size: 3 pad: 1 }';
  const prototxt = [
    'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }',
    layer('Convolution', 'data', 'a', convolution),
    layer('ReLU', 'a', 'b'),
    layer('BatchNorm', 'b', 'c'),
    layer('Convolution', 'c', 'd', convolution),
  ];
  const graph = loadCaffe({ prototxt: prototxt.join('\n'), seedWeights: 1 });
  const chosen = (entries: readonly ScalingEntry[]): string =>
    graphOfScalingFile(graph, entries).nodes.find(({ name }) => name === 'c')!.op;
  const measured = thresholdsOf(graph);
  assert.is(chosen(measured), 'batch-norm', 'the reference walk has no entry for it');
  assert.is(chosen([...measured, { name: 'c' } as ScalingEntry]), 'scale');
  assert.is(chosen(measured.slice(1)), 'scale', 'a file that lacks more is not taken for one of the reference walk');
});

test.run();

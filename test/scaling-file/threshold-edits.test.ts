import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { importCaffe } from '../../src/caffe/index.js';
import type { Graph } from '../../src/graph/graph.js';
import { buildEntry, type EntryForm, type ScalingEntry } from '../../src/scaling/index.js';
import { weightThresholdEdits, withEdits } from '../../src/scaling-file/edit-entries.js';
import { thresholdEdits } from '../../src/scaling-file/threshold-edits.js';

const convolution = (name: string, bottom: string): string =>
  `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: 2 kernel_size: 1 weight_filler { type: "xavier" } } }`;

/** A branch that is pooled, another, their Concat, and a sum that reads both of its sides. */
const { graph }: { graph: Graph } = importCaffe({
  prototxt: [
    'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 2, 4, 4] } } }',
    convolution('a', 'data'),
    'layer { name: "pool" type: "Pooling" bottom: "a" top: "pool" pooling_param { pool: MAX kernel_size: 1 } }',
    convolution('b', 'data'),
    'layer { name: "join" type: "Concat" bottom: "pool" bottom: "b" top: "join" }',
    convolution('c', 'join'),
    'layer { name: "sum" type: "Eltwise" bottom: "c" bottom: "b" top: "sum" }',
    convolution('d', 'sum'),
  ].join('\n'),
  prototxtName: 'net',
  seedWeights: 1,
});

function entry(name: string, form: EntryForm, th_layer_in: number, th_layer_out: number): ScalingEntry {
  const isSum = form === 'Eltwise';
  const widths = { bw_layer_in: 8, bw_layer_out: 8, bw_params: 8 };
  const th_params = isSum ? [] : [0.5, 0.25];
  return buildEntry(
    { name, form, ...widths, th_layer_in, th_layer_out, th_params, channels: isSum ? 1 : 2, area: 1 },
    'v2',
  );
}

const entries = [
  entry('a', 'Convolution', 1, 4),
  entry('b', 'Convolution', 1, 4),
  entry('c', 'Convolution', 4, 2),
  entry('sum', 'Eltwise', 4, 4),
  entry('d', 'Convolution', 4, 8),
];

/** The edits that change an entry: a sum's names its threshold also where that stays. */
const edits = (name: string, threshold: number) =>
  Object.fromEntries(
    [...thresholdEdits(entries, graph, graph.names[name]!, threshold)].filter(([changed, edit]) => {
      const before: Partial<ScalingEntry> = entries.find((each) => each.name === changed)!;
      return Object.entries(edit).some(([key, value]) => before[key as 'th_layer_in'] !== value);
    }),
  );

test('a threshold changes for its layer, for its readers, and where it is shared by pooling, Concat and sums', () => {
  const shared = { th_layer_out: 3 };
  assert.equal(edits('a', 3), {
    a: shared,
    b: shared,
    c: { th_layer_in: 3 },
    sum: { th_layer_in: 3, th_layer_out: 3 },
    d: { th_layer_in: 3 },
  });
  assert.equal(edits('pool', 3), edits('a', 3));
});

test('a threshold that nothing shares changes for its layer and its readers alone', () => {
  assert.equal(edits('data', 2), { a: { th_layer_in: 2 }, b: { th_layer_in: 2 } });
  assert.equal(edits('d', 2), { d: { th_layer_out: 2 } });
  assert.equal(edits('c', 3), { c: { th_layer_out: 3 } });
});

test('a sum follows the largest threshold of its operands', () => {
  assert.equal(edits('c', 6), {
    c: { th_layer_out: 6 },
    sum: { th_layer_in: 6, th_layer_out: 6 },
    d: { th_layer_in: 6 },
  });
});

test('edits make scale factors and triples anew; entries without a change stay the same objects', () => {
  const edited = withEdits(entries, graph, thresholdEdits(entries, graph, graph.names['d']!, 4), 'v2');
  assert.equal(
    edited.map((each, i) => each === entries[i]),
    [true, true, true, true, false],
  );
  assert.equal(edited[4], entry('d', 'Convolution', 4, 4));
});

test('weights share a threshold in each channel or in the layer: the largest magnitude', () => {
  const [channels, layer] = (['channel', 'layer'] as const).map((shared) =>
    weightThresholdEdits(entries, graph, shared),
  );
  assert.equal([...channels!.keys()], ['a', 'b', 'c', 'd']);
  const weights = graph.nodes.find(({ name }) => name === 'a')!.params[0]!.data;
  const largest = [0, 1].map((channel) => Math.max(...weights.slice(2 * channel, 2 * channel + 2).map(Math.abs)));
  assert.equal(channels!.get('a'), { th_params: largest });
  assert.equal(layer!.get('a'), { th_params: [Math.max(...largest), Math.max(...largest)] });
});

test.run();

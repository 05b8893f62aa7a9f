import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { optimise } from '../../src/optimise/index.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { checkScaling } from '../../src/scaling-file/check.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { copiesCodes, layerOfEntry } from '../../src/scaling-file/later-writers.js';
import { readScaling } from '../../src/scaling-file/parse.js';

const prototxt = `
  layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 3, 6, 6] } } }
  layer { name: "a" type: "Convolution" bottom: "data" top: "a" convolution_param { num_output: 2 kernel_size: 1 } }
  layer { name: "b" type: "Convolution" bottom: "data" top: "b" convolution_param { num_output: 2 kernel_size: 1 } }
  layer { name: "cat" type: "Concat" bottom: "a" bottom: "b" top: "cat" }
  layer { name: "mp" type: "Pooling" bottom: "cat" top: "mp" pooling_param { kernel_size: 2 stride: 2 } }
  layer { name: "ap" type: "Pooling" bottom: "mp" top: "ap" pooling_param { pool: AVE global_pooling: true } }`;
const { graph } = optimise(loadCaffe({ prototxt, seedWeights: 1 }));
const arrays = [Float32Array.from({ length: 108 }, (_, index) => Math.sin(index) * 100)];
const layers = await calibrate(graph, { arrays }, { widths: { input: 8, params: 8, output: 8 }, threads: 1 });
const entries = scaleLayers(layers, { overlay: 'v3' });

/** An entry that moves codes unchanged, as pyxir writes it. */
function copy(name: string, threshold: number): ScalingEntry {
  const step = threshold / 127;
  const grids = { bw_layer_in: 8, bw_layer_out: 8, th_layer_in: threshold, th_layer_out: threshold } as const;
  return {
    name,
    ...grids,
    sf_layer_in: step,
    sf_layer_out: step,
    prescale_shift: [0],
    scale: [1],
    postscale_shift: [0],
  };
}

const messages = (list: readonly ScalingEntry[]): string[] =>
  checkScaling(list, { graph, overlay: 'v3' }).map(
    ({ severity, entry, message }) => `${severity} ${entry}: ${message}`,
  );

test('a copy is an entry without weights whose one triple is (0, 1, 0)', () => {
  assert.ok(copiesCodes(copy('cat', 1)));
  assert.not.ok(copiesCodes({ ...copy('cat', 1), scale: [128], postscale_shift: [7] }));
  assert.not.ok(copiesCodes({ ...copy('cat', 1), prescale_shift: [0, 0], scale: [1, 1], postscale_shift: [0, 0] }));
  assert.not.ok(copiesCodes({ ...copy('cat', 1), bw_params: 8, th_params: [1], sf_params: [1 / 127] }));
  assert.is(layerOfEntry('pool1_QUANT_UTIL'), 'pool1');
});

test('copies of Concats and max poolings, and one element for an average pooling, are remarks', () => {
  const threshold = entries.find(({ name }) => name === 'a')?.th_layer_out ?? NaN;
  assert.equal(messages(entries), []);
  const single = (list: readonly number[]): number[] => list.slice(0, 1);
  const later = entries.map((entry) =>
    entry.name === 'ap'
      ? {
          ...entry,
          prescale_shift: single(entry.prescale_shift),
          scale: single(entry.scale),
          postscale_shift: single(entry.postscale_shift),
        }
      : entry,
  );
  later.splice(2, 0, copy('cat', threshold), copy('mp_QUANT_UTIL', threshold));
  assert.equal(messages(later), [
    'warning cat: Concat takes no entry; this one moves codes unchanged.',
    'warning mp_QUANT_UTIL: Pooling takes no entry; this one moves codes unchanged.',
    'warning ap: one element counts for all 4 channels of layer "ap" (Pooling).',
  ]);
});

test('a copy of a layer that is not there, and another triple of a Concat, are faults', () => {
  assert.match(messages([...entries, copy('other', 1)]).join(), /fault other: .*the network has none/);
  const scaled = { ...copy('cat', 1), scale: [64], postscale_shift: [6] };
  assert.match(messages([...entries, scaled]).join(), /fault cat: .*Concat takes no entry/);
});

test("the input's entry with scalar parameters and no triple is left out with a remark", () => {
  const input =
    '{"name": "data", "bw_layer_in": 8, "bw_layer_out": 8, "bw_params": 8, "th_layer_in": 1.0, "th_layer_out": 1.0, "th_params": 1.5, "sf_params": 0.1}';
  const text = formatScaling(entries).replace('"network": [', `"network": [${input},`);
  const read = readScaling(text, 'file');
  assert.equal(read.entries, readScaling(formatScaling(entries), 'file').entries);
  assert.ok(read.complete);
  assert.equal(
    read.faults.map(({ severity, entry }) => [severity, entry]),
    [['warning', 'data']],
  );
  const list = readScaling(text.replace('"th_params": 1.5', '"th_params": [1.5]'), 'file');
  assert.ok(list.faults.some(({ severity }) => severity === 'fault'));
});

test.run();

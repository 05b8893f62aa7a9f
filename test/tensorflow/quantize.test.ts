import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/formats/npy.js';
import { type QuantizeFlags, quantize } from '../../src/jobs/quantize.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { scratchFolder } from '../scratch.js';
import { shared, testShared } from '../support.js';
import { goldenCase, goldenGraph, goldenTensor } from './golden.js';

const models = `${shared}models/tensorflow/`;
const names = existsSync(models) ? readdirSync(models).sort() : ['every network'];
let folder = '';

test.before(() => {
  folder = scratchFolder();
});

/** `--raw_scale 2 --dims 1,48,48` as options. */
function flagsOf(text: string): Partial<QuantizeFlags> {
  const pairs = [...text.matchAll(/--([a-z_]+) ([-0-9.,]+)/g)].map(([, name, value]) => {
    const list = value!.split(',').map(Number);
    return [name!, /^(raw_scale|input_scale)$/.test(name!) ? list[0]! : list];
  });
  return Object.fromEntries(pairs) as Partial<QuantizeFlags>;
}

for (const name of names) {
  for (const walk of ['reference', 'progressive'] as const) {
    testShared(`${name}: the ${walk} walk writes an entry for each convolution`, async () => {
      const meta = JSON.parse(readFileSync(`${models}${name}/meta.json`, 'utf8')) as { calibrate_flags: string | null };
      const arrays = join(folder, `${name}-npy`);
      if (meta.calibrate_flags === null) cpSync(`${models}${name}/input.npy`, join(arrays, 'input.npy'));
      const flags =
        meta.calibrate_flags === null
          ? { calibration_directory: arrays }
          : { calibration_directory: `${shared}models/images`, ...flagsOf(meta.calibrate_flags) };
      const output = join(folder, `${name}-${walk}.json`);
      const warnings: string[] = [];
      const options = {
        deploy_model: `${models}${name}/model.pb`,
        output_json: output,
        calibration_size: 1,
        calibration_seed: 1,
        walk,
        ...flags,
      };
      await quantize(options, { warn: (line) => warnings.push(line) });
      const written = JSON.parse(readFileSync(output, 'utf8')) as { network: { name: string; th_params?: number[] }[] };
      const { dims } = flagsOf(meta.calibrate_flags ?? '');
      const graph = loadTensorFlow({
        bytes: readFileSync(`${models}${name}/model.pb`),
        fileName: 'model.pb',
        ...(dims && { dims }),
      });
      const convolutions = graph.nodes.filter((node) => node.op === 'convolution').map((node) => node.name);
      const entries = written.network.map((entry) => entry.name);
      for (const convolution of convolutions) assert.ok(entries.includes(convolution), convolution);
      if (convolutions.length === 0) assert.match(warnings.join('\n'), /nothing to quantize/i);
    });
  }
}

for (const walk of ['reference', 'progressive'] as const) {
  test(`the ${walk} walk takes the ranges of FakeQuant nodes, or searches with --fake_quant ignore`, async () => {
    const one = goldenCase('mobilenet_v2');
    const [model, arrays] = [join(folder, 'fake.pb'), join(folder, 'fake')];
    writeFileSync(model, goldenGraph(one));
    mkdirSync(arrays, { recursive: true });
    writeFileSync(
      join(arrays, 'x.npy'),
      writeNpy({ shape: one.input.shape.slice(1), data: goldenTensor(one.input).data.map((x) => (x + 1) / 2) }),
    );
    const entries = async (fake_quant: 'use' | 'ignore'): Promise<ReadonlyMap<string, ScalingEntry>> => {
      const result = await quantize({
        deploy_model: model,
        output_json: join(folder, 'fake.json'),
        calibration_directory: arrays,
        calibration_size: 1,
        calibration_seed: 1,
        raw_scale: 2,
        mean_value: [1],
        channel_swap: [0, 1, 2],
        walk,
        fake_quant,
      });
      return new Map(result.entries.map((entry) => [entry.name, entry]));
    };
    const [used, ignored] = [await entries('use'), await entries('ignore')];
    const [first, second] = [used.get('Conv/Conv2D')!, used.get('expanded_conv_0/expand/Conv2D')!];
    assert.is(Math.abs(first.th_layer_in - 1) < 2 / 255, true, `${first.th_layer_in}`);
    assert.is(Math.abs(second.th_layer_in - 6) < 6 / 255, true, `${second.th_layer_in}`);
    if (walk === 'progressive') assert.is(first.th_layer_out, second.th_layer_in);
    assert.is.not(ignored.get('Conv/Conv2D')!.th_layer_in, first.th_layer_in);
    assert.ok(ignored.get('expanded_conv_0/expand/Conv2D')!.th_layer_in < 6);
  });
}

test.run();

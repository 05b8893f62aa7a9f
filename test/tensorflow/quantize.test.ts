import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quantize, type QuantizeOptions } from '../../src/jobs/quantize.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { shared, testShared } from '../support.js';

const models = `${shared}models/tensorflow/`;
const names = existsSync(models) ? readdirSync(models).sort() : ['every network'];
let folder = '';

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'xfdnn-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** `--raw_scale 2 --dims 1,48,48` as options. */
function flagsOf(text: string): Partial<QuantizeOptions> {
  const pairs = [...text.matchAll(/--([a-z_]+) ([-0-9.,]+)/g)].map(([, name, value]) => {
    const list = value!.split(',').map(Number);
    return [name!, /^(raw_scale|input_scale)$/.test(name!) ? list[0]! : list];
  });
  return Object.fromEntries(pairs) as Partial<QuantizeOptions>;
}

for (const name of names) {
  for (const walk of ['reference', 'progressive'] as const) {
    testShared(`${name}: the ${walk} walk writes an entry for each convolution`, async () => {
      const meta = JSON.parse(readFileSync(`${models}${name}/meta.json`, 'utf8')) as { calibrate_flags: string | null };
      const arrays = join(folder, `${name}-npy`);
      if (meta.calibrate_flags === null) cpSync(`${models}${name}/input.npy`, join(arrays, 'input.npy'));
      const flags = meta.calibrate_flags === null ? { calibration_directory: arrays } : { calibration_directory: `${shared}models/images`, ...flagsOf(meta.calibrate_flags) };
      const output = join(folder, `${name}-${walk}.json`);
      const warnings: string[] = [];
      const options = { deploy_model: `${models}${name}/model.pb`, output_json: output, calibration_size: 1, calibration_seed: 1, walk, ...flags };
      await quantize(options, { warn: (line) => warnings.push(line) });
      const written = JSON.parse(readFileSync(output, 'utf8')) as { network: { name: string; th_params?: number[] }[] };
      const { dims } = flagsOf(meta.calibrate_flags ?? '');
      const graph = loadTensorFlow({ bytes: readFileSync(options.deploy_model), fileName: 'model.pb', ...(dims && { dims }) });
      const convolutions = graph.nodes.filter((node) => node.op === 'convolution').map((node) => node.name);
      const entries = written.network.map((entry) => entry.name);
      for (const convolution of convolutions) assert.ok(entries.includes(convolution), convolution);
      if (convolutions.length === 0) assert.match(warnings.join('\n'), /nothing to quantize/i);
    });
  }
}

test.run();

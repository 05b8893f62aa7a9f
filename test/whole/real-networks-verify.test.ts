import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { verifyEntries } from '../../src/jobs/verify.js';
import { optimise } from '../../src/optimise/index.js';
import { shared, testShared } from '../support.js';

const models = join(shared, 'models/caffe');
const names = existsSync(models) ? readdirSync(models).sort() : ['recorded real networks'];

for (const name of names) {
  testShared(`${name}: 16 bits on v3 keep its outputs, every layer verifies, the file has no faults`, async () => {
    const folder = join(models, name);
    const file = ['photo_input.npy', 'input.npy'].map((each) => join(folder, each)).find(existsSync)!;
    const { shape, data } = readNpy(readFileSync(file), file);
    const { graph } = optimise(
      (
        await loadNetwork({
          deploy_model: join(folder, 'model.prototxt'),
          weights: join(folder, 'model.caffemodel'),
          dims: shape.slice(1),
        })
      ).graph,
    );
    const source = { arrays: [Float32Array.from(data)] };
    const layers = await calibrate(graph, source, { widths: { input: 16, params: 16, output: 16 }, threads: 1 });
    const entries = scaleLayers(layers, { overlay: 'v3' });
    const result = await verifyEntries(graph, entries, source, { overlay: 'v3', threads: 1 });
    assert.equal(
      result.faults.filter(({ severity }) => severity === 'fault'),
      [],
    );
    const verified = new Map(result.layers.map((layer) => [layer.name, layer]));
    // The overlay divides border windows by the whole area: told as a warning, and no matter of widths.
    const biased = new Set(
      result.faults.filter(({ message }) => message.includes('clipped at the border')).map(({ entry }) => entry),
    );
    for (const entry of entries.filter((each) => !biased.has(each.name)))
      assert.ok(
        verified.get(entry.name)!.isolated!.sqnr > 15,
        `${entry.name}: ${verified.get(entry.name)!.isolated!.sqnr}`,
      );
    const last = result.layers.filter(({ name: layer }) =>
      graph.outputs.some((id) => graph.nodes.some((node) => node.name === layer && node.outputs.includes(id))),
    );
    assert.ok(last.length > 0);
    for (const { name: layer, accumulated } of last)
      assert.ok(accumulated.cosine > (biased.size === 0 ? 0.98 : 0.9), `${layer}: ${accumulated.cosine}`);
  });
}

test.run();

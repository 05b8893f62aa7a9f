import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EmulatedValue, Emulator } from '../../src/emulator/emulator.js';
import { readNpy } from '../../src/formats/npy.js';
import { loadCalibrationImage } from '../../src/images/index.js';
import { calibrationFilesOf, preprocessingOf } from '../../src/jobs/calibration-flags.js';
import { optionsOf } from '../../src/jobs/flags.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { createEngine } from '../../src/kernels/engine.js';
import { optimise } from '../../src/optimise/index.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { shared, testShared } from '../support.js';
import { flagsOf } from '../whole/walk-cases.js';

const walk = join(shared, 'golden/walk');
const cases = existsSync(walk)
  ? readdirSync(walk)
      .filter((name) => existsSync(join(walk, name, 'overlay/index.json')))
      .sort()
  : ['recorded networks'];

for (const name of cases) {
  testShared(`the codes of ${name} are the recorded ones`, async () => {
    const folder = join(walk, name);
    const options = flagsOf(folder);
    const index = JSON.parse(readFileSync(join(folder, 'overlay/index.json'), 'utf8'));
    const entries: ScalingEntry[] = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')).network;
    const network = await loadNetwork(options);
    const wanted = new Map<number, { file: string; th: number; bw: number }>();
    for (const [file, { blob, version, th, bw }] of Object.entries<any>(index.codes)) {
      wanted.set(network.graph.values.find((value) => value.blob === blob && value.version === version)!.id, {
        file,
        th,
        bw,
      });
    }
    const { graph } = optimise({ ...network.graph, outputs: [...network.graph.outputs, ...wanted.keys()] });
    const emulator = new Emulator(
      await createEngine(),
      graph,
      new Map(entries.map((entry) => [entry.name, entry])),
      options.overlay ?? 'v2',
      { count: true },
    );
    const fused = new Emulator(
      await createEngine(),
      graph,
      new Map(entries.map((entry) => [entry.name, entry])),
      options.overlay ?? 'v2',
    );
    const twins = new Emulator(
      await createEngine({ simd: 'twin' }),
      graph,
      new Map(entries.map((entry) => [entry.name, entry])),
      options.overlay ?? 'v2',
    );
    const { paths } = await calibrationFilesOf(options);
    const image = (
      await loadCalibrationImage(paths[0]!, preprocessingOf(optionsOf(options), network.graph, network.framework))
    ).data;
    for (const [how, each] of Object.entries({ counting: emulator, fused, twins })) {
      const seen = new Map<number, EmulatedValue>();
      each.run([image], new Set(wanted.keys()), (id, value) => seen.set(id, value));
      for (const [id, { file, th, bw }] of wanted) {
        const { placement, tensor } = seen.get(id)!;
        assert.equal(placement.grid, { threshold: th, bits: bw }, `${file} ${how}`);
        const expected = readNpy(readFileSync(join(folder, 'overlay', file)), file);
        assert.equal([...tensor.data], [...expected.data], `${file} ${how}`);
      }
    }
    const beyond = Object.fromEntries(
      Object.keys(index.accumulators_beyond_24_bits ?? {}).map((layer) => [
        layer,
        emulator.counters!.layers.get(layer)!.beyond.reduce((a, b) => a + b, 0),
      ]),
    );
    assert.equal(beyond, index.accumulators_beyond_24_bits ?? {});
  });
}

test.run();

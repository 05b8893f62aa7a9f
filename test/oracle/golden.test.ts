import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import type { Graph } from '../../src/graph/graph.js';
import { loadCalibrationImage } from '../../src/images/index.js';
import { calibrationFilesOf, preprocessingOf } from '../../src/jobs/calibration-flags.js';
import { optionsOf } from '../../src/jobs/flags.js';
import { loadNetwork } from '../../src/jobs/network.js';
import type { QuantizeFlags } from '../../src/jobs/quantize.js';
import { shared, testShared } from '../support.js';
import { flagsOf } from '../whole/walk-cases.js';
import { assertEntries } from './compare.js';
import { readNetwork } from './network.js';
import { runOnOverlay } from './overlay.js';
import { entriesOf, walk } from './walk.js';

const folder = join(shared, 'golden/walk');
const cases = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, 'cmd.txt')))
      .sort()
  : ['recorded networks'];

async function read(
  name: string,
): Promise<{ options: QuantizeFlags; graph: Graph; images: Float32Array[]; expected: any[] }> {
  const options = flagsOf(join(folder, name));
  const network = await loadNetwork(options);
  const { paths } = await calibrationFilesOf(options);
  const preprocessing = preprocessingOf(optionsOf(options), network.graph, network.framework);
  const images = await Promise.all(paths.map(async (path) => (await loadCalibrationImage(path, preprocessing)).data));
  return {
    options,
    graph: network.graph,
    images,
    expected: JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')).network,
  };
}

for (const name of cases) {
  testShared(`the second reading of the walk gives the recorded scaling file of ${name}`, async () => {
    const { options, graph, images, expected } = await read(name);
    const [input, params, output] = options.bitwidths as [number, number, number];
    const measured = walk(readNetwork(graph), images, { input, params, output, powerOfTwo: false, unifyConcat: false });
    assertEntries(entriesOf(measured, options.overlay ?? 'v2', options.include_inner_product ?? false), expected, name);
  });

  testShared(`the second reading of the overlay gives the recorded codes of ${name}`, async () => {
    const { options, graph, images, expected } = await read(name);
    const values = runOnOverlay(readNetwork(graph), images[0]!, expected, options.overlay ?? 'v2');
    const { codes } = JSON.parse(readFileSync(join(folder, name, 'overlay/index.json'), 'utf8'));
    for (const [file, { blob, version, th, bw }] of Object.entries<any>(codes)) {
      const { id } = graph.values.find((value) => value.blob === blob && value.version === version)!;
      const actual = values.get(id)!;
      const recorded = [...readNpy(readFileSync(join(folder, name, 'overlay', file)), file).data];
      assert.equal(actual, { codes: recorded, th, bw }, file);
    }
  });
}

test.run();

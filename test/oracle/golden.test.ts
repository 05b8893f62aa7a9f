import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { loadCalibrationImage } from '../../src/images/index.js';
import { calibrationFilesOf, preprocessingOf } from '../../src/jobs/calibration-flags.js';
import { loadNetwork } from '../../src/jobs/network.js';
import { optionsOf } from '../jobs/walk-cases.js';
import { shared, testShared } from '../support.js';
import { assertEntries } from './compare.js';
import { readNetwork } from './network.js';
import { entriesOf, walk } from './walk.js';

const folder = join(shared, 'golden/walk');
const cases = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'cmd.txt'))).sort() : ['recorded networks'];

for (const name of cases) {
  testShared(`the second reading of the walk gives the recorded scaling file of ${name}`, async () => {
    const options = optionsOf(join(folder, name));
    const network = await loadNetwork(options);
    const { paths } = await calibrationFilesOf(options);
    const preprocessing = preprocessingOf(options, network.graph, network.framework);
    const images = await Promise.all(paths.map(async (path) => (await loadCalibrationImage(path, preprocessing)).data));
    const [input, params, output] = options.bitwidths as [number, number, number];
    const measured = walk(readNetwork(network.graph), images, { input, params, output, powerOfTwo: false, unifyConcat: false });
    const expected = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')).network;
    assertEntries(entriesOf(measured, options.overlay ?? 'v2', options.include_inner_product ?? false), expected, name);
  });
}

test.run();

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspect } from '../../src/jobs/inspect.js';
import { scratchFolder } from '../scratch.js';
import { root, shared, testShared } from '../support.js';
import { measure } from './measure.js';

const folder = join(shared, 'models/architectures');
const scratch = scratchFolder();

/** Those that take moments, where fully convolutional at a smaller size; `npm run test:architectures` runs all as they are. */
const small: Readonly<Record<string, { readonly dims?: readonly number[]; readonly entries: number }>> = {
  resnet18_baseline_deploy: { entries: 30 },
  resnet18_emdnn_deploy: { entries: 66 },
  squeezenet_deploy: { dims: [3, 67, 67], entries: 26 },
  mobilenet_deploy: { dims: [3, 64, 96], entries: 28 },
};

for (const [name, { dims, entries }] of Object.entries(small)) {
  for (const bits of [8, 16] as const) {
    testShared(`${name} is quantized at ${bits} bits`, async () => {
      const image = { folder: join(root, 'examples/cifar10/test'), index: 0 };
      const measured = await measure(
        { deploy_model: join(folder, `${name}.prototxt`), dims },
        bits,
        image,
        join(scratch, 'scaling.json'),
      );
      assert.is(measured.entries, entries);
    });
  }
}

testShared('every architecture is planned', async () => {
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const { unsupported, macs, memory } = await inspect({ deploy_model: join(folder, file) });
    assert.equal(unsupported, [], file);
    assert.ok(macs > 1e6 && memory.arena < memory.unshared, file);
  }
});

testShared('parameters and multiply-accumulates are the published ones', async () => {
  const figures = {
    vgg16: [138_357_544, 15_470_264_320],
    squeezenet: [1_248_424, 861_339_936],
    mobilenet_without_bn: [4_221_032, 568_740_352],
  };
  for (const [name, expected] of Object.entries(figures)) {
    const { parameters, macs } = await inspect({ deploy_model: join(folder, `${name}_deploy.prototxt`) });
    assert.equal([parameters, macs], expected, name);
  }
});

test.run();

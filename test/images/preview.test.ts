import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePng } from '../../src/images/png.js';
import { resolvePreprocessing } from '../../src/images/preprocessing-options.js';
import { previewSteps } from '../../src/images/preview.js';

/** A red, a green, a blue and a black pixel. */
const image = {
  width: 2,
  height: 2,
  channels: 3 as const,
  maximum: 255,
  data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0),
};

for (const [layout, shape] of [
  ['NCHW', [1, 3, 2, 2]],
  ['NHWC', [1, 2, 2, 3]],
] as const)
  test(`the six steps of ${layout} as pictures`, async () => {
    const options = resolvePreprocessing({}, { shape, layout, framework: 'caffe' });
    const steps = previewSteps(image, options);
    assert.equal(
      steps.map(({ name }) => name),
      ['1-resize', '2-transpose', '3-channel_swap', '4-raw_scale', '5-mean_value', '6-input_scale'],
    );
    const pictures = await Promise.all(steps.map(({ png, name }) => decodePng(png, name)));
    assert.equal([...pictures[0]!.data], [...image.data]);
    assert.equal([...pictures[2]!.data], [0, 0, 255, 0, 255, 0, 255, 0, 0, 0, 0, 0]);
    // -123 is black and 151 is white: a blue of 0 minus 104 is between them.
    assert.equal([...pictures[4]!.data].slice(0, 3), [18, 6, 237]);
  });

test.run();

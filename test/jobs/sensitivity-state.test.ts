import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openState } from '../../src/jobs/sensitivity-state.js';
import { scratchFolder } from '../scratch.js';

const inputs = { network: 'net' };
const size = { images: 1, layers: 16 };
const measured = { quantized: { noise: [1], best: [] }, float: { noise: [0], best: [] } };

test('a state is one moment of the measurements, which go on while it is written, and is written once at a time', async () => {
  const path = join(scratchFolder(), 'state.json');
  const state = await openState(path, inputs, size);
  const [clock, before] = [Date.now, process.listenerCount('SIGINT')];
  // The last write is a while ago.
  Date.now = () => clock() + 60_000;
  try {
    const [image] = state.images;
    assert.ok(image);
    const kept: Promise<void>[] = [];
    let listeners = 0;
    for (const layer of image.layers.keys()) {
      image.layers[layer] = measured;
      kept.push(state.keep());
      await new Promise((resolve) => setImmediate(resolve));
      listeners = Math.max(listeners, process.listenerCount('SIGINT') - before);
    }
    await Promise.all(kept);
    assert.ok(listeners <= 1, `${listeners} writes at a time`);
    const read = await openState(path, inputs, size);
    assert.equal(read.images[0]?.layers[0], measured);
    await state.finish({ layers: 16 });
    assert.equal((await openState(path, inputs, size)).images, state.images);
  } finally {
    Date.now = clock;
  }
});

test.run();

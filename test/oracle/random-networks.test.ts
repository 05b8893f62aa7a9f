import { test } from 'uvu';
import { compareRuns, compareWalks } from './against-tool.js';
import { randomNetwork } from './random-network.js';

/** Seeds and how many layers at most. The last: a convolution after a Concat over a Crop of an LRN, where the readings once differed. */
const networks = [...Array.from({ length: 80 }, (_, index) => [index + 1, 20] as const), [2826, 45] as const];

for (const [seed, most] of networks) {
  test(`network ${seed} is the same in both readings`, async () => {
    const network = randomNetwork(seed, most);
    try {
      await compareRuns(network, await compareWalks(network));
    } catch (error) {
      const { prototxt, widths, overlay, powerOfTwo, unifyConcat, includeInnerProduct } = network;
      (error as Error).message += `\n${JSON.stringify({ widths, overlay, powerOfTwo, unifyConcat, includeInnerProduct })}\n${prototxt}`;
      throw error;
    }
  });
}

test.run();

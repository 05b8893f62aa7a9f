import { test } from 'uvu';
import { compareRuns, compareWalks } from './against-tool.js';
import { randomNetwork } from './random-network.js';

for (let seed = 1; seed <= 80; seed++) {
  test(`network ${seed} is the same in both readings`, async () => {
    const network = randomNetwork(seed);
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

import { test } from 'uvu';
import { randomNetwork as anyNetwork } from '../whole/random-networks.js';
import { compareRuns, compareWalks, mixedEntries } from './against-tool.js';
import { networkOf, type RandomNetwork, randomNetwork } from './random-network.js';

async function compare(network: RandomNetwork): Promise<void> {
  try {
    await compareRuns(network, await compareWalks(network));
  } catch (error) {
    const { prototxt, widths, overlay, powerOfTwo, unifyConcat, includeInnerProduct } = network;
    (error as Error).message +=
      `\n${JSON.stringify({ widths, overlay, powerOfTwo, unifyConcat, includeInnerProduct })}\n${prototxt}`;
    throw error;
  }
}

/** Seeds and how many layers at most. The last: a convolution after a Concat over a Crop of an LRN, where the readings once differed. */
const networks = [...Array.from({ length: 80 }, (_, index) => [index + 1, 20] as const), [2826, 45] as const];

for (const [seed, most] of networks)
  test(`network ${seed} is the same in both readings`, () => compare(randomNetwork(seed, most)));

/** Shallower, but of every layer type and parameter there is, and of layers whose names are not their tops'. */
for (let seed = 1; seed <= 80; seed++)
  test(`network ${seed} of any layers is the same in both readings`, () => compare(networkOf(anyNetwork(seed), seed)));

for (let seed = 1; seed <= 60; seed++)
  test(`network ${seed} with layers of both widths is the same in both readings`, async () => {
    const network = { ...randomNetwork(seed), overlay: 'v3' as const };
    await compareRuns(network, await mixedEntries(network));
  });

test.run();

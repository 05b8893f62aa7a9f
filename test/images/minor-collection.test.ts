import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMinorCollection } from '../../src/images/minor-collection.js';

/** Kinds of the collections that V8 made meanwhile. */
async function collections(work: () => void): Promise<number[]> {
  const kinds: number[] = [];
  const observer = new PerformanceObserver((list) =>
    kinds.push(...list.getEntries().map((entry) => (entry as unknown as { detail: { kind: number } }).detail.kind)),
  );
  observer.observe({ entryTypes: ['gc'] });
  work();
  await sleep(50);
  observer.disconnect();
  return kinds;
}

// Engines other than V8, and Deno, tell nothing of their collections.
const { supportedEntryTypes } = PerformanceObserver as unknown as { readonly supportedEntryTypes: readonly string[] };
const isReported = supportedEntryTypes.includes('gc') && !('Deno' in globalThis);

(isReported ? test : test.skip)('enough garbage makes a minor collection run', async () => {
  const kinds = await collections(() => {
    for (let image = 0; image < 12; image++) runMinorCollection(4e6);
  });
  assert.ok(
    kinds.includes(constants.NODE_PERFORMANCE_GC_MINOR),
    `expected a minor collection, got kinds [${kinds.join(', ')}].`,
  );
});

test.run();

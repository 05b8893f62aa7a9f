import process from 'node:process';

/**
 * A contestant, in a process of its own: opens `sides/<name>.js`, then does as it is told, one request after the
 * other, and times itself.
 * @typedef {{ run: (count: number) => unknown, outputs?: () => unknown, check?: () => unknown }} Side
 */

/** @type {Side | undefined} */
let side;

/** @type {Record<string, (argument: any) => unknown>} */
const requests = {
  open: async ({ name, config }) => {
    side = await (await import(`./sides/${name}.js`)).open(config);
  },
  check: () => side?.check?.(),
  outputs: () => side?.outputs?.(),
  run: async (count) => {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await side?.run(count);
    const { user, system } = process.cpuUsage(used);
    return {
      ms: performance.now() - start,
      cpuMs: (user + system) / 1000,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
  },
};

let last = Promise.resolve();
process.on('message', (/** @type {{ request: string, argument: unknown }} */ { request, argument }) => {
  last = last.then(async () => {
    try {
      process.send?.({ value: await requests[request](argument) });
    } catch (error) {
      process.send?.({ error: error instanceof Error ? error.message : String(error) });
    }
  });
});

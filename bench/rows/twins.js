import { networks } from '../networks/index.js';
import { race } from '../race.js';
import { compared } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

/**
 * What SIMD and packing give: the float forward pass on kernels against the same on their plain twins, one thread.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* twinRows({ only, networks: names, runs }, progress) {
  if (!only.has('twins')) return;
  for (const network of names) {
    progress(`${network}, plain twins`);
    const config = { form: 'float', network, threads: 1 };
    const {
      times: [ours, theirs],
    } = await race(
      [
        { title: 'ours', name: 'ours', config },
        { title: 'our plain twins', name: 'ours', config: { ...config, simd: 'twin' } },
      ],
      { runs: Math.min(runs, 3), images: 1 },
    );
    yield compared({ what: `float forward, ${networks[network].title}`, threads: 1, ours, theirs });
  }
}

import { race } from '../race.js';
import { compared } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

const SEARCHES = 50;

/**
 * One blob's threshold and its search alone, kernels against definitions. Both must find the same bin.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* thresholdRows({ only, runs }, progress) {
  const sides = (/** @type {'blob' | 'search'} */ part, /** @type {number} */ count) => [
    { title: 'ours', name: 'threshold', config: { method: 'kernels', part }, count, per: count },
    { title: 'direct evaluation', name: 'threshold', config: { method: 'direct', part } },
  ];
  if (only.has('threshold')) {
    progress('threshold of one blob');
    const {
      times: [ours, theirs],
    } = await race(sides('blob', 1), { runs, images: 1 });
    yield compared({
      what: 'threshold of one blob, 25.7 million elements, 5,069 bins',
      threads: 1,
      ours,
      theirs,
      limits: { asked: 1 / 8, wanted: 1 / 12 },
    });
  }
  if (only.has('search')) {
    progress('search alone');
    const {
      times: [ours, theirs],
    } = await race(sides('search', SEARCHES), { runs, images: 1 });
    yield compared({ what: 'the search alone', threads: 1, ours, theirs, limits: { asked: 1 / 80, wanted: 1 / 200 } });
  }
}

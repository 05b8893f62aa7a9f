import { networks } from '../networks/index.js';
import { race } from '../race.js';
import { compared } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */
/** @typedef {import('../sides/live.js').Part} Part */

const NETWORK = 'googlenet';
const IMAGES = 8;
/** Thresholds of the last third of GoogLeNet's layers. */
const THIRD = 27;

/** @type {Side} */
const FORWARD = { part: 'forwards', title: 'a float forward of 1 image', count: IMAGES, per: IMAGES };

/**
 * A changed threshold and what it is compared with. `count`: how many of them a run does, `per`: what its time is divided by.
 * @typedef {{ part: Part, title: string, count: number, per: number }} Side
 * @type {readonly { what: string, ours: Side, theirs: Side, asked: number }[]}
 */
const rows = [
  {
    what: 'the last threshold',
    ours: { part: 'last', title: 'ours', count: 10, per: 10 },
    theirs: { part: 'verification', title: 'a whole verification', count: 1, per: 1 },
    asked: 0.05,
  },
  {
    what: 'a threshold of the last third, mean',
    ours: { part: 'last third', title: 'ours', count: THIRD, per: THIRD },
    theirs: FORWARD,
    asked: 1,
  },
  {
    what: 'the costliest threshold of the last third',
    ours: { part: 'costliest of the last third', title: 'ours', count: 2, per: 2 },
    theirs: FORWARD,
    asked: 1,
  },
  {
    what: 'the first threshold',
    ours: { part: 'first', title: 'ours', count: 1, per: 1 },
    theirs: { ...FORWARD, title: `float forwards of ${IMAGES} images`, per: 1 },
    asked: 1,
  },
];

/**
 * Changes of a threshold in a live emulation, against a whole verification of its images and against float forwards: CPU time of one
 * thread.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* liveRows({ only, runs }, progress) {
  if (!only.has('live')) return;
  for (const { what, ours, theirs, asked } of rows) {
    progress(`live emulation, ${what}`);
    const sides = [ours, theirs].map(({ part, ...side }) => ({
      ...side,
      name: 'live',
      config: { network: NETWORK, images: IMAGES, part },
    }));
    const { times } = await race(sides, { runs: Math.min(runs, 5), images: 1 });
    const [left, right] = times.map((side) => ({ ...side, ms: side.cpuMs ?? [] }));
    const title = `live: ${what}, ${networks[NETWORK].title}, ${IMAGES} images, CPU time of a change`;
    yield compared({ what: title, threads: 1, ours: left, theirs: right, limits: { asked, wanted: null } });
  }
}

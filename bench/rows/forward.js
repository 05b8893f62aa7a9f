import { networks } from '../networks/index.js';
import { race } from '../race.js';
import { compared, missing } from '../table.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

/** Ours by its section: what it is called, and its limits against onnxruntime-web's float. */
const forms = {
  float: { title: 'float forward', limits: { asked: 0.5, wanted: 0.4, of: 'medians' } },
  grid: { title: '8-bit grid forward', limits: { asked: 0.28, wanted: 0.2 } },
  overlay: { title: '8-bit overlay emulation', limits: { asked: 0.28, wanted: 0.2 } },
};

const BASE = 'onnxruntime-web';

/** What a peer is called in the table. */
const titles = {
  'onnxruntime-web': 'onnxruntime-web',
  'onnxruntime-node': 'onnxruntime-node (native)',
  tfjs: 'tfjs-backend-wasm',
};

/**
 * Forward passes of each network on each number of threads: all sides in one race. Float results are compared with
 * the peers'; codes with the calibration's own and the twins'.
 * @param {Options} options @param {(label: string) => void} progress @returns {AsyncGenerator<Row>}
 */
export async function* forwardRows({ only, networks: names, threads: counts, peers, runs, images }, progress) {
  const wanted = /** @type {(keyof typeof forms)[]} */ (Object.keys(forms)).filter((form) => only.has(form));
  if (wanted.length === 0) return;
  for (const network of names) {
    for (const threads of counts) {
      progress(`${network}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
      const against = only.has('float') ? [...peers] : [BASE];
      const ours = wanted.map((form) => ({ title: form, name: 'ours', config: { form, network, threads } }));
      const theirs = against.map((peer) => ({ title: peer, name: peer, config: { network, threads }, optional: true }));
      const result = await race([...ours, ...theirs], { runs, images: images * threads, check: threads === counts[0] });
      yield* rowsOf(wanted, against, network, threads, result);
    }
  }
}

/**
 * @param {readonly (keyof typeof forms)[]} wanted @param {readonly string[]} against @param {string} network @param {number} threads
 * @param {Awaited<ReturnType<typeof race>>} result @returns {Generator<Row>}
 */
function* rowsOf(wanted, against, network, threads, { times, absent }) {
  const of = (/** @type {string} */ title) => times.find((side) => side.title === title);
  for (const form of wanted) {
    const what = `${forms[form].title}, ${networks[network].title}`;
    for (const peer of form === 'float' ? against : [BASE]) {
      const [ours, theirs] = [of(form), of(peer)];
      const title = form === 'float' ? titles[/** @type {keyof typeof titles} */ (peer)] : `${peer}, float`;
      const reason = absent.find((side) => side.title === peer)?.reason ?? '';
      if (ours === undefined || theirs === undefined) yield missing(what, threads, { title, reason });
      else
        yield compared({
          what,
          threads,
          ours,
          theirs: { ...theirs, title },
          limits: peer === BASE ? forms[form].limits : null,
        });
    }
  }
}

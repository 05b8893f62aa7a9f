import process from 'node:process';
import { parseArgs } from 'node:util';

/** @typedef {{ only: Set<string>, networks: string[], threads: number[], peers: Set<string>, runs: number, images: number, record: boolean }} Options */

export const peers = ['onnxruntime-web', 'onnxruntime-node', 'tfjs'];
const networks = ['squeezenet', 'googlenet', 'resnet50', 'mobilenet'];

/** @param {readonly string[]} sections */
const usageOf = (sections) => `npm --prefix bench start -- [options]
  --only LIST       of ${sections.join(',')} (default: all)
  --networks LIST   of ${networks.join(',')} (default: all)
  --threads LIST    of 1,2 (default: both)
  --peers LIST      of ${peers.join(',')} (default: all); onnxruntime-web always runs
  --runs COUNT      rounds that are counted (default: 10)
  --images COUNT    images of a run and thread in the forward rows (default: 2)
  --record          also write RESULTS.md and the plots`;

/** Reads the command line; explains itself and ends the process where it is wrong. `sections`: what `--only` knows. @param {string[]} words @param {readonly string[]} sections @returns {Options} */
export function readOptions(words, sections) {
  const usage = usageOf(sections);
  try {
    const strings = Object.fromEntries(
      ['only', 'networks', 'threads', 'peers', 'runs', 'images'].map((name) => [
        name,
        { type: /** @type {const} */ ('string') },
      ]),
    );
    const { values } = parseArgs({
      args: words,
      options: { ...strings, record: { type: 'boolean' }, help: { type: 'boolean' } },
    });
    if (values['help'] === true) throw new Error('');
    const text = /** @type {Record<string, string | undefined>} */ (values);
    return {
      only: new Set(list('only', text['only'], sections)),
      networks: list('networks', text['networks'], networks),
      threads: list('threads', text['threads'], ['1', '2']).map(Number),
      peers: new Set(['onnxruntime-web', ...list('peers', text['peers'], peers)]),
      runs: count('runs', text['runs'], 10),
      images: count('images', text['images'], 2),
      record: values['record'] === true,
    };
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    console.error(message === '' ? usage : `${message}\n${usage}`);
    return process.exit(message === '' ? 0 : 2);
  }
}

/** @param {string} name @param {string | undefined} text @param {readonly string[]} known */
function list(name, text, known) {
  const words = text?.split(',') ?? [...known];
  const stranger = words.find((word) => !known.includes(word));
  if (stranger !== undefined) throw new Error(`--${name}: expected any of ${known.join(',')}, got "${stranger}".`);
  return words;
}

/** @param {string} name @param {string | undefined} text @param {number} standard */
function count(name, text, standard) {
  const value = text === undefined ? standard : Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name}: expected a whole number of at least 1, got "${text}".`);
  return value;
}

/**
 * The cases of the matrix in a page: the jobs of the commands, on files in memory. `browsers.ts` bundles it and serves it
 * with the files.
 */
import { checkScalingFile } from '../../src/jobs/check.js';
import { inspect } from '../../src/jobs/inspect.js';
import { quantize } from '../../src/jobs/quantize.js';
import { rescaleFile } from '../../src/jobs/rescale.js';
import { run } from '../../src/jobs/run.js';
import { verify } from '../../src/jobs/verify.js';
import { type MountedFiles, mountFiles, sha256 } from '../../src/platform/index.js';
import { jsonText, jsonTextWithInfinities } from '../../src/report/json.js';
import type { Case } from './cases.js';

/** Runs a command with the flags of its words; what it prints. */
const commands: Readonly<Record<string, (flags: any) => Promise<string>>> = {
  quantize: async (flags) => (await quantize(flags)).output,
  verify: async (flags) => jsonTextWithInfinities(await verify(flags)),
  run: async (flags) => String((await run(flags)).files),
  rescale: async (flags) => (await rescaleFile(flags)).output,
  check: async (flags) => jsonText(await checkScalingFile(flags)),
  inspect: async (flags) => jsonText(await inspect(flags)),
};

/** Flags of the commands that say how they print. */
const PRINTING: ReadonlySet<string> = new Set(['quiet', 'json']);
const NUMBERS: ReadonlySet<string> = new Set(['calibration_size', 'calibration_seed', 'image_count', 'threads']);

function readValue(name: string, text: string): unknown {
  if (NUMBERS.has(name)) return Number(text);
  if (name === 'bitwidths') return Array<number>(3).fill(Number(text));
  if (name === 'memory') return Number.parseInt(text, 10) * 2 ** 20;
  return name === 'blobs' ? [text] : text;
}

/** The words of a case as a job's flags: a word alone is the scaling file. */
function flagsOf(words: readonly string[]): Record<string, unknown> {
  const flags: Record<string, unknown> = {};
  for (let at = 0; at < words.length; at++) {
    const [word = '', next = '--'] = words.slice(at, at + 2);
    const name = word === '-o' ? 'output' : word.replace('--', '');
    if (!word.startsWith('-')) flags['scaling'] = word;
    else if (next.startsWith('--')) flags[name] = true;
    else flags[name] = readValue(name, words[++at] ?? '');
  }
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !PRINTING.has(name)));
}

/** SHA-256 of a file, or of the lines `sha256 name` of a folder's files, as `hashOf` has them. */
async function hashOf(files: MountedFiles, path: string): Promise<string> {
  if (files.stat(path).kind === 'file') return sha256(await files.read(path));
  const lines: string[] = [];
  for (const name of files.list(path, 'file'))
    lines.push(`${await sha256(await files.read(`${path}/${name}`))} ${name}\n`);
  return sha256(new TextEncoder().encode(lines.join('')));
}

let files: MountedFiles | undefined;

/** Fetches the files of the cases. */
async function begin(paths: readonly string[]): Promise<void> {
  const found = paths.map(async (path) => [path, await (await fetch(`/${path}`)).blob()] as const);
  files = mountFiles(new Map(await Promise.all(found)));
}

/** The hash of a case; what went wrong in place of it where the job failed. */
async function perform({ words: [command = '', ...words], output }: Case): Promise<string> {
  try {
    if (files === undefined) throw new Error('the files are not there');
    const text = await commands[command]?.(flagsOf(words));
    return output === undefined ? await sha256(new TextEncoder().encode(text ?? '')) : await hashOf(files, output);
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : error}`;
  }
}

Object.assign(globalThis, { matrix: { begin, perform } });

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** @typedef {import('../command.js').Command} Command */

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const REQUIREMENTS = join(FOLDER, 'requirements.txt');
const VENV = fileURLToPath(new URL('../node_modules/.cache/python-peers', import.meta.url));
/** Written when everything is installed: the requirements that it was made of. */
const MADE = join(VENV, 'made-of.txt');
/** The packages are 350 MB. */
const LONGEST_MS = 600_000;

const programs =
  process.platform === 'win32' ? { folder: 'Scripts', python: 'python' } : { folder: 'bin', python: 'python3' };

/**
 * Python with the peers of `requirements.txt`, in an environment that is made where it is missing or older. Throws with
 * what is missing: Python, a working venv, the network.
 * @param {(label: string) => void} progress @returns {string} path of the program
 */
export function peersPython(progress) {
  const python = join(VENV, programs.folder, 'python');
  const requirements = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(MADE) && readFileSync(MADE, 'utf8') === requirements) return python;
  progress('installing the Python peers');
  rmSync(VENV, { recursive: true, force: true });
  run('Python 3 with venv', programs.python, ['-m', 'venv', VENV]);
  run('packages from PyPI', python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    REQUIREMENTS,
  ]);
  const draft = `${MADE}.part`;
  writeFileSync(draft, requirements);
  renameSync(draft, MADE);
  return python;
}

/** @param {string} needed @param {string} program @param {readonly string[]} words */
function run(needed, program, words) {
  const { status, error, stderr } = spawnSync(program, words, { encoding: 'utf8', timeout: LONGEST_MS });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Error(`needs ${needed}: ${reason}`);
}

/** onnxruntime's static quantization of a model on the photos of a folder. @param {string} python @param {{ method: string, model: string, photos: string, output: string }} job @returns {Command} */
export const staticQuantization = (python, { method, model, photos, output }) => ({
  title: `onnxruntime ${method}`,
  program: python,
  words: [join(FOLDER, 'quantize_static.py'), model, photos, method, output],
});

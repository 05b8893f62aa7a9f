import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support.js';
import { addedFlags, type Run, type Step } from './runs.js';

/** SHA-256 in hexadecimal digits, by `run name/output name`. */
export type Hashes = Readonly<Record<string, string>>;

/** The file of the recorded hashes. */
export const hashesFile = join(root, 'test/recorded/hashes.json');

/** The recorded hashes. */
export const readHashes = (): Hashes => JSON.parse(readFileSync(hashesFile, 'utf8')) as Hashes;

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** SHA-256 of a file, or of the lines `sha256 name` of a folder's files in the order of their names. */
export function hashOf(path: string): string {
  if (statSync(path).isFile()) return sha256(readFileSync(path));
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(path, name)).isFile(),
  );
  return sha256(
    files
      .sort()
      .map((name) => `${hashOf(join(path, name))} ${name.replaceAll('\\', '/')}\n`)
      .join(''),
  );
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in a folder until it ends. */
function command(folder: string, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin/xfdnn.js'), ...words], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Performs one step and names what is hashed of it. Throws an Error where the exit code is another than expected. */
async function performStep(folder: string, step: Step): Promise<string[]> {
  const [name = '', ...flags] = step.words;
  const { code, stdout, stderr } = await command(folder, [name, ...flags, ...(addedFlags[name] ?? [])]);
  const expected = step.exit ?? 0;
  if (code !== expected)
    throw new Error(`xfdnn ${step.words.join(' ')}: expected exit code ${expected}, got ${code}.\n${stderr}`);
  const printed: [string | undefined, string][] = [
    [step.stdout, stdout],
    [step.stderr, stderr],
  ];
  const names = printed.flatMap(([file, text]) => {
    if (file === undefined) return [];
    writeFileSync(join(folder, file), text);
    return [file];
  });
  return [...(step.files ?? []), ...names];
}

/** Performs a run in a folder of its own beside the inputs, and hashes its outputs. */
export async function perform(run: Run, scratch: string): Promise<Hashes> {
  const folder = join(scratch, run.name.replaceAll('/', '-'));
  mkdirSync(folder);
  const hashes: Record<string, string> = {};
  for (const step of run.steps) {
    for (const output of await performStep(folder, step))
      hashes[`${run.name}/${output}`] = hashOf(join(folder, output));
  }
  return hashes;
}

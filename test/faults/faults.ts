import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { smallNetwork } from '../cli/fixtures.js';
import { root } from '../support.js';

/** How a process ended, and what it said. */
interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: string;
}

const program = join(root, 'bin/xfdnn.js');
const words = (output: string): string[] =>
  `quantize --deploy_model net.prototxt --weights net.caffemodel --calibration_directory images --calibration_indices 0,1,2,3 --output_json ${output} --quiet`.split(
    ' ',
  );

function start(folder: string, command: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const [file = '', ...rest] = command;
  return spawn(file, rest, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

function ended(child: ChildProcess): Promise<End> {
  let error = '';
  child.stderr?.on('data', (chunk) => (error += chunk));
  child.stdout?.resume();
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, error })));
}

const run = (folder: string, command: readonly string[], env?: Record<string, string>): Promise<End> =>
  ended(start(folder, command, env));
const quantized = (output = 'q.json'): string[] => [process.execPath, program, ...words(output)];

/** Runs a command in a shell with a limit, such as `ulimit -n 64`. */
const limited = (limit: string, command: readonly string[]): string[] => [
  'sh',
  '-c',
  `${limit}; exec "$@"`,
  'sh',
  ...command,
];

const leftovers = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

/** A signal some time after the start: the scaling file is whole or absent, and nothing else is left. */
async function signalled(signal: NodeJS.Signals, milliseconds: number): Promise<void> {
  const folder = smallNetwork();
  const child = start(folder, quantized());
  const end = ended(child);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const sent = Date.now();
  child.kill(signal);
  const { code, signal: by } = await end;
  assert.ok(Date.now() - sent < 5000, `${signal} after ${milliseconds} ms was obeyed after ${Date.now() - sent} ms`);
  const codes = { SIGINT: 130, SIGTERM: 143 } as Record<string, number>;
  assert.ok(by === signal || code === codes[signal] || code === 0, `ended with ${code ?? by}`);
  if (existsSync(join(folder, 'q.json'))) JSON.parse(readFileSync(join(folder, 'q.json'), 'utf8'));
  if (signal !== 'SIGKILL') assert.equal(leftovers(folder), []);
  rmSync(folder, { recursive: true });
}

/** What the world does to a run, and what the run must do. `round`: 0 in the tests; more in `npm run faults`. */
export const faults: Readonly<Record<string, (round: number) => Promise<void>>> = {
  'killed at any moment, no half file is left': (round) => signalled('SIGKILL', 200 + 37 * round),
  'interrupted, the run ends at once and leaves nothing': (round) => signalled('SIGINT', 200 + 41 * round),
  'terminated, the run ends at once and leaves nothing': (round) => signalled('SIGTERM', 200 + 43 * round),
  async 'without a folder for temporary files a run that needs none succeeds'() {
    const folder = smallNetwork();
    const { code, error } = await run(folder, quantized(), { TMPDIR: '/no/such/folder' });
    assert.is(code, 0, error);
  },
  async 'runs at once with one output leave one whole file'() {
    const folder = smallNetwork();
    const ends = await Promise.all([1, 2, 3].map(() => run(folder, [...quantized(), '--threads', '2'])));
    for (const { code, error } of ends) assert.is(code, 0, error);
    const together = readFileSync(join(folder, 'q.json'), 'utf8');
    assert.is((await run(folder, quantized('alone.json'))).code, 0);
    assert.is(together, readFileSync(join(folder, 'alone.json'), 'utf8'));
    assert.equal(leftovers(folder), []);
  },
  async 'a reader that goes away early is no failure'() {
    const folder = smallNetwork();
    const command = [process.execPath, program, 'inspect', '--deploy_model', 'net.prototxt'];
    const child = start(folder, command);
    child.stdout?.destroy();
    const { code, error } = await ended(child);
    assert.is(code, 0, error);
  },
  async 'with few open files a run succeeds or says so in one line'() {
    const folder = smallNetwork();
    const { code, error } = await run(folder, limited('ulimit -n 256', [...quantized(), '--threads', '4']));
    assert.ok(code === 0 || (code === 1 && /^[^\n]+\n$/.test(error)), `${code}: ${error}`);
  },
  async 'a full device is named, and keeps no half file'() {
    if (!existsSync('/dev/full')) return;
    const { code, error } = await run(smallNetwork(), [process.execPath, program, ...words('/dev/full')]);
    assert.is(code, 1);
    assert.match(error, /^\/dev\/full: no space is left on the device\. Free some, or choose another path\.\n$/);
  },
  async 'the largest file that may be written is named'() {
    const folder = smallNetwork();
    const { code, error } = await run(folder, limited('ulimit -f 1', quantized()));
    assert.ok(code !== 0 || existsSync(join(folder, 'q.json')), error);
    assert.equal(leftovers(folder), []);
  },
};

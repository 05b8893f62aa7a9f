import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support.js';

/** How a process ended, and what it said. */
export interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: string;
}

/** Fault by its name; what the world does to a run, and what the run must do. `round`: 0 and 1 in the tests; more in `npm run faults`. */
export type Faults = Readonly<Record<string, (round: number) => Promise<void>>>;

const program = join(root, 'bin/xfdnn.js');

/** The words of a command of this package. */
export const xfdnn = (...words: string[]): string[] => [process.execPath, program, ...words];

/** The flags of the small network, and those that calibrate it. */
export const network = ['--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'];
const images = ['--calibration_directory', 'images', '--calibration_indices', '0,1,2,3'];
export const quantized = (output = 'q.json', ...others: string[]): string[] =>
  xfdnn('quantize', ...network, ...images, '--output_json', output, '--quiet', ...others);

export function start(folder: string, command: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const [file = '', ...rest] = command;
  return spawn(file, rest, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

export function ended(child: ChildProcess): Promise<End> {
  let error = '';
  child.stderr?.on('data', (chunk) => (error += chunk));
  child.stdout?.resume();
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, error })));
}

export const run = (folder: string, command: readonly string[], env?: Record<string, string>): Promise<End> =>
  ended(start(folder, command, env));

/** A command in a shell after some shell text, such as `ulimit -n 64`. */
export const after = (text: string, command: readonly string[]): string[] => [
  'sh',
  '-c',
  `${text}; exec "$@"`,
  'sh',
  ...command,
];

/** Temporary files that are left in a folder and below. */
export const leftovers = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { moduleFile } from '../scratch.js';

const url = JSON.stringify(new URL('../../src/platform/index.js', import.meta.url).href);

/** How {@link runWithPlatform} runs: code before the import, the descriptor of standard output, arguments. */
export interface PlatformRun {
  readonly before?: string;
  readonly output?: number;
  readonly rest?: readonly string[];
}

/** Hides Node from the platform, as in a browser. */
export const withoutNode = `Object.defineProperty(process, 'versions', { value: {} });`;

/** Runs a snippet in a process of its own; `p` holds the platform's exports. */
export function runWithPlatform(
  code: string,
  { before = '', output, rest = [] }: PlatformRun = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [moduleFile(`${before} const p = await import(${url}); ${code}`), ...rest], {
    encoding: 'utf8',
    stdio: ['ignore', output ?? 'pipe', 'pipe'],
  });
}

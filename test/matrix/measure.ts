import { spawnSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../recorded/perform.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';
import type { Case } from './cases.js';
import { programs, type Runtime } from './runtimes.js';

/** SHA-256 of each case by its name; what went wrong in place of it where the command failed. */
export type Row = Readonly<Record<string, string>>;

/** Runs cases in order on one runtime; `simd`: whether on the kernels or on their plain twins. */
export function measure(runtime: Runtime, cases: readonly Case[], simd: keyof typeof programs): Row {
  const folder = scratchFolder();
  try {
    symlinkSync(join(root, 'examples'), join(folder, 'examples'), 'junction');
    const wanted = cases.filter(({ workers }) => simd === 'simd' || workers !== true);
    return Object.fromEntries(wanted.map((each) => [each.name, hashOfCase(runtime, each, folder, programs[simd])]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hashOfCase({ executable, flags }: Runtime, { words, output }: Case, folder: string, program: string): string {
  const { status, stdout, stderr } = spawnSync(executable, [...flags, program, ...words], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) return `failed: ${stderr.trim().split('\n').at(-1)}`;
  if (output === undefined) writeFileSync(join(folder, 'stdout'), stdout);
  return hashOf(join(folder, output ?? 'stdout'));
}

/** A case that has not one hash everywhere, or not that of the case that it must equal. */
export interface Difference {
  readonly name: string;
  readonly row: string;
  readonly got: string;
  readonly expected: string;
}

/** The hash of each case in the first row that has it, and where another came out. */
export function compareRows(
  rows: ReadonlyMap<string, Row>,
  cases: readonly Case[],
): { hashes: Map<string, string>; differences: Difference[] } {
  const hashes = new Map<string, string>();
  const differences: Difference[] = [];
  for (const { name, same } of cases) {
    for (const [row, results] of rows) {
      const got = results[name];
      if (got === undefined) continue;
      const expected = hashes.get(same ?? name) ?? got;
      if (!hashes.has(name)) hashes.set(name, expected);
      if (got !== expected || !/^[0-9a-f]{64}$/.test(got)) differences.push({ name, row, got, expected });
    }
  }
  return { hashes, differences };
}

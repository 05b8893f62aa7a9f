import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder in the system's place for temporary files. It is removed when the process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xfdnn-test-'));
  made.add(folder);
  return folder;
}

/** Writes a module to a file of its own and returns the path: Deno runs no module from the command line as Node does. */
export function moduleFile(source: string): string {
  const path = join(scratchFolder(), 'module.mjs');
  writeFileSync(path, source);
  return path;
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';

/** The repository's root, seen from `dist/test/`. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The folder of recorded references beside the checkout; not part of the project. */
export const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** A test that needs the recorded references: skipped, and counted as such, where they are absent. */
export function testShared(name: string, body: () => void | Promise<void>): void {
  if (existsSync(shared)) test(name, body);
  else test.skip(name, body);
}

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/**
 * A new folder for large files. `close` removes it; so do the end of the process and an interruption.
 */
export function openScratch() {
  const folder = mkdtempSync(join(os.tmpdir(), 'xfdnn-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = () => {
    remove();
    process.exit(130);
  };
  process.once('exit', remove).once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const close = () => {
    remove();
    process.off('exit', remove).off('SIGINT', interrupted).off('SIGTERM', interrupted);
  };
  return { folder, close };
}

import { type FileContents, mountFiles, useWorkerScript } from '../../src/platform/index.js';
import { forgetResult, session } from './session.js';

/** The page's files. */
export interface Mounted {
  readonly files: FileContents;
  /** This worker's script, where it has no address that other workers can be started from. */
  readonly script: Blob | undefined;
}

let known: Blob | undefined;

/** Gives the session the page's files. */
export function mount({ files, script }: Mounted): void {
  // A page that was opened from a file, and each of its workers, may only start addresses of their own.
  if (script !== undefined && known === undefined) useWorkerScript(new URL(URL.createObjectURL(script)));
  known = script;
  mountFiles(files);
}

/** Forgets the network, its calibration and what was made of it. */
export async function forget(): Promise<void> {
  session.network = undefined;
  await forgetResult();
}

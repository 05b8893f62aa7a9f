import type { JobHooks } from '../../src/jobs/hooks.js';
import { baseName } from '../../src/platform/index.js';
import type { CallHooks } from './wire.js';

/** The hooks of a job of the library in a call: what is read and decoded is progress of the call, too. */
export const jobHooks = ({ progress, signal }: CallHooks): JobHooks => ({
  signal,
  progress,
  load: (done, total, file) => progress(done, total, `reading ${baseName(file)}`),
  images: (done, total) => progress(done, total, 'reading the images'),
});

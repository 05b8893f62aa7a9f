/**
 * The lab's worker. Under the name {@link SESSION} it holds the library for a page; under another it is a member of the
 * library's pool, so that one file serves both.
 */
import { tasks } from '../../src/jobs/worker-tasks.js';
import { useWorkerScript } from '../../src/platform/index.js';
import { serve } from '../../src/runtime/pool.js';
import { calls } from './calls.js';
import { serveCalls } from './serve-calls.js';
import { SESSION } from './wire.js';

const { name, location } = globalThis as unknown as {
  readonly name: string;
  readonly location: { readonly href: string };
};
if (name === SESSION) {
  useWorkerScript(new URL(location.href));
  serveCalls(calls);
} else void serve(tasks);

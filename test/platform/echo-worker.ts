import { resourceLimits } from 'node:worker_threads';
import { openWorkerPort } from '../../src/platform/index.js';

/** Answers every message with itself, `limits` with the limits of its memory; `throw` and `exit` do what they say. */
const port = await openWorkerPort((message) => {
  if (message === 'throw') throw new Error('asked to');
  if (message === 'exit') process.exit(3);
  port.post(message === 'limits' ? resourceLimits : message);
});

import { tasks } from './jobs/worker-tasks.js';
import { serve } from './runtime/pool.js';

// No top-level await: bundlers make classic scripts of workers.
void serve(tasks);

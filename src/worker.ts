import { tasks } from './jobs/worker-tasks.js';
import { serve } from './runtime/pool.js';

await serve(tasks);

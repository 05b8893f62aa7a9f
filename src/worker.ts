import { tasks } from './jobs/tasks.js';
import { serve } from './runtime/pool.js';

await serve(tasks);

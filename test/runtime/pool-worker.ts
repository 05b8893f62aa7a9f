import { serve } from '../../src/runtime/pool.js';
import { tasks } from './pool-tasks.js';

await serve(tasks);

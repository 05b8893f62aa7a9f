import { serve } from '../dist/src/runtime/pool.js';
import { tasks } from './our-tasks.js';

await serve(tasks);

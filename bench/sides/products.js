import { openPool } from '../../dist/src/runtime/pool.js';
import { tasks } from '../our-tasks.js';

/**
 * Matrix products that wait for nothing and allocate nothing, shared out over `threads` workers: the most that more threads
 * can gain on this machine while the race goes on.
 * @param {{ threads: number }} config
 */
export async function open({ threads }) {
  const pool = await openPool(threads, new URL('../our-worker.js', import.meta.url), tasks);
  await pool.all('openProducts', () => null);
  return { run: (/** @type {number} */ count) => pool.all('run', () => count / threads) };
}

import { openPool } from '../../dist/src/runtime/pool.js';
import { tasks } from '../our-tasks.js';

/**
 * Our forward passes: `float`, on the walk's `grid`, or the `overlay`'s emulation; images are shared out over `threads`
 * workers, as our jobs do it. `simd` `twin`: the plain definitions.
 * @param {{ form: 'float' | 'grid' | 'overlay', network: string, threads: number, simd?: 'wasm' | 'twin' }} config
 */
export async function open({ form, network, threads, simd = 'wasm' }) {
  const pool = await openPool(threads, new URL('../our-worker.js', import.meta.url), tasks);
  await pool.all('open', () => ({ form, network, simd }));
  return {
    run: (/** @type {number} */ count) => pool.all('run', () => count / threads),
    outputs: () => pool.one(0, 'outputs', null),
    check: () => pool.one(0, 'check', null),
  };
}

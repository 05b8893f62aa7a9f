import { threadId } from 'node:worker_threads';
import { XfdnnError } from '../../src/error.js';
import type { Task } from '../../src/runtime/pool.js';

/** What the pool under test can do. */
export const tasks: Readonly<Record<string, Task>> = {
  add: (memory, value: number) => {
    memory.set('sum', ((memory.get('sum') as number | undefined) ?? 0) + value);
    return memory.get('sum');
  },
  isMain: () => typeof (globalThis as { poolTestMain?: boolean }).poolTestMain === 'boolean',
  fail: (_memory, code: 'data' | null) => {
    if (code === null) throw new TypeError('broken');
    throw new XfdnnError(code, 'image.png', 'expected more, got less.', 'Replace it.');
  },
  thread: () => threadId,
  exit: () => process.exit(3),
  spin: (_memory, milliseconds: number) => {
    for (const end = Date.now() + milliseconds; Date.now() < end; );
    return 'here';
  },
  wait: (_memory, milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

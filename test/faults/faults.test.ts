import { test } from 'uvu';
import { faults } from './faults.js';

// A limit of the size of files ends Deno by its signal.
const isRunnable = (name: string): boolean => !('Deno' in globalThis && name.endsWith('no part of it is left'));

for (const [name, fault] of Object.entries(faults)) (isRunnable(name) ? test : test.skip)(name, () => fault(1));

test.run();

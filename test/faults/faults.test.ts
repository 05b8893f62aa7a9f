import { test } from 'uvu';
import { faults } from './faults.js';

// Limits of the system end Deno by a signal or by an error of its own.
const LIMITED = /no part of it is left$|without space|few open files|little address space/;
const isRunnable = (name: string): boolean => !('Deno' in globalThis && LIMITED.test(name));

for (const [name, fault] of Object.entries(faults)) (isRunnable(name) ? test : test.skip)(name, () => fault(1));

test.run();

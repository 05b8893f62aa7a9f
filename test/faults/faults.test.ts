import { test } from 'uvu';
import { faults } from './faults.js';

for (const [name, fault] of Object.entries(faults)) test(name, () => fault(1));

test.run();

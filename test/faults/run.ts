/**
 * `npm run faults`: every fault, those that depend on the moment or on a number for some rounds; ends with 1 where one is not
 * withstood.
 */
import { faults } from './faults.js';

const ROUNDS = 20;

for (const [name, fault] of Object.entries(faults)) {
  // A fault that does not take its round is the same in each.
  const rounds = fault.length === 0 ? 1 : ROUNDS;
  let failed = 0;
  for (let round = 0; round < rounds; round++)
    await fault(round).catch((error: Error) => {
      failed++;
      console.log(`${name}, round ${round}: ${error.message}`);
    });
  console.log(`${name}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

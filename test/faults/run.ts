/** `npm run faults`: every fault for some rounds, signals at other moments in each; ends with 1 where one is not withstood. */
import { faults } from './faults.js';

const ROUNDS = 20;

for (const [name, fault] of Object.entries(faults)) {
  let failed = 0;
  for (let round = 0; round < ROUNDS; round++)
    await fault(round).catch((error: Error) => {
      failed++;
      console.log(`${name}, round ${round}: ${error.message}`);
    });
  console.log(`${name}: ${ROUNDS} rounds, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

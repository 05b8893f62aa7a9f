/**
 * Runs the compiled tests on the runtime that runs this file; uvu's own program loads tests by `require`, which Bun and
 * Deno do not allow for modules that wait.
 *   node test/suite.js [PATTERN]
 *   bun test/suite.js [PATTERN]
 *   deno run -A --no-lock test/suite.js [PATTERN]
 */
import { parse } from 'uvu/parse';
import { run } from 'uvu/run';

const { suites } = await parse('dist/test', process.argv[2] ?? '\\.test\\.js$');
await run(suites, { bail: false });

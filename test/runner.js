/**
 * Runs the test files under a folder whose path matches a regular expression, as uvu's own program does. That one makes code
 * from text; the tests run with this disallowed.
 *   node --disallow-code-generation-from-strings test/runner.js dist/test "\.test\.js$"
 */
// uvu looks for its program among the arguments: without it, every file would start the tests by itself.
process.argv.push('uvu/bin.js');
// A Node that is given both says so on the standard error of every program that a test starts.
delete process.env.NO_COLOR;
process.env.FORCE_COLOR = '1';
const { parse } = await import('uvu/parse');
const { run } = await import('uvu/run');
const [folder, pattern] = process.argv.slice(2);
const { suites } = await parse(folder, pattern);
await run(suites);

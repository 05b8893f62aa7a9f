import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { bundle } from '../bundle.js';

/**
 * Compiles the tree without checking types, within seconds. `sourcemap`: whether the files say which lines of the sources
 * they come from.
 */
export async function compile(sourcemap = false) {
  // Output of tests that were removed or renamed would run on.
  rmSync('dist/test', { recursive: true, force: true });
  await build({
    entryPoints: ['src/**/*.ts', 'test/**/*.ts'],
    outdir: 'dist',
    outbase: '.',
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
    sourcemap: sourcemap ? 'inline' : false,
  });
  await bundle();
}

/** The arguments of Node that run the test files whose path matches one of the expressions. */
export function testsOf(expressions) {
  return ['--disallow-code-generation-from-strings', 'test/runner.js', 'dist/test', `(${expressions.join('|')}).*\\.test\\.js$`];
}

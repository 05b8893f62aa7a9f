/**
 * `npm run mutate`: changes every numeric constant and operator of `src/fixed`, one at a time, and runs the tests of that
 * folder. A change that no test notices survives; ends with 1 where one is not named among the equivalents.
 *   npm run mutate -- rounding     only the files whose name holds the word
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../support.js';
import { equivalents } from './equivalents.js';
import { type Mutant, mutantsOf } from './mutants.js';

const FOLDER = 'src/fixed';
/** A change may make a loop endless. */
const SLOW_MS = 120_000;

/** What the runner sets up where it finds the tests itself, and what CommonJS packages need. */
const BANNER = `globalThis.UVU_QUEUE = [[null]];
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;
/** An argument that tells uvu not to run tests by itself. */
const UNDER_THE_RUNNER = 'uvu/bin.js';

interface Case extends Mutant {
  readonly file: string;
}

const [word = ''] = process.argv.slice(2);
const read = (file: string): string => readFileSync(join(root, FOLDER, file), 'utf8');
const cases: Case[] = readdirSync(join(root, FOLDER))
  .filter((file) => file.includes(word))
  .flatMap((file) => mutantsOf(read(file)).map((mutant) => ({ ...mutant, file })));
/** The recordings last: they take longest, and most changes are noticed before. */
const tests = readdirSync(join(root, 'test/fixed'))
  .filter((file) => file.endsWith('.test.ts'))
  .sort((a, b) => Number(a.startsWith('golden')) - Number(b.startsWith('golden')));

/** Whether the tests fail on a case. They find their recordings from the folder that the file is in. */
async function isNoticed({ file, text }: Pick<Case, 'file' | 'text'>, worker: number): Promise<boolean> {
  const outfile = join(root, `dist/test/mutant-${worker}.js`);
  // The runner ends at the first failure.
  const entry = `${tests.map((test) => `import './test/fixed/${test}';`).join('\n')}
import { exec } from 'uvu';
await exec(true);
`;
  await build({
    stdin: { contents: entry, resolveDir: root },
    bundle: true,
    // The package says that its modules have no effects of their own; tests have.
    ignoreAnnotations: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    banner: { js: BANNER },
    logLevel: 'error',
    outfile,
    plugins: [
      {
        name: 'mutant',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === join(root, FOLDER, file) ? { contents: text, loader: 'ts' } : undefined,
          ),
      },
    ],
  });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [outfile, UNDER_THE_RUNNER], {
      stdio: 'ignore',
      timeout: SLOW_MS,
      killSignal: 'SIGKILL',
    });
    child.on('close', (code) => {
      rmSync(outfile, { force: true });
      resolve(code !== 0);
    });
  });
}

const unchanged = readdirSync(join(root, FOLDER))[0] ?? '';
if (await isNoticed({ file: unchanged, text: read(unchanged) }, 0)) throw new Error('the tests fail without a change');

const survivors: string[] = [];
const queue = cases.values();
await Promise.all(
  Array.from({ length: availableParallelism() }, async (_, worker) => {
    for (const each of queue)
      if (!(await isNoticed(each, worker))) survivors.push(`${each.file}:${each.line}: ${each.changed}`);
  }),
);

const isKnown = (survivor: string): boolean => equivalents.has(survivor.replace(/:\d+:/, ':'));
for (const survivor of survivors.sort()) if (!isKnown(survivor)) console.log(`survived: ${survivor}`);
const unknown = survivors.filter((survivor) => !isKnown(survivor)).length;
console.log(
  `${FOLDER}: ${cases.length} changes, ${cases.length - survivors.length} noticed, ${survivors.length - unknown} equivalent, ${unknown} survived`,
);
if (unknown > 0) process.exitCode = 1;

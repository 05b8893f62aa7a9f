import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { root } from '../support.js';
import { documentedCommands, runsAsDocumented, workingCopy } from './documented.js';

const copy = workingCopy();

/** The pages for users. `docs/operators.md` and `docs/robustness.md`, for those who work on the project, name its own checks. */
const pages = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md') && !/^(operators|kernels|robustness)/.test(name))
  .sort();

for (const page of pages)
  for (const documented of documentedCommands(readFileSync(join(root, 'docs', page), 'utf8'))) {
    const stated = Number(/# exit code (\d)$/.exec(documented.command)?.[1] ?? 0);
    test(`docs/${page}: ${documented.command}`, () => runsAsDocumented(copy, documented, stated));
  }

test.run();

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { moduleFile, scratchFolder } from '../scratch.js';

const module = new URL('../../src/platform/defer-signals.js', import.meta.url).href;

// Deno delivers signals later.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  ('Deno' in globalThis ? test.skip : test)(
    `${signal} waits for the work, and then ends the process with ${code}`,
    () => {
      const folder = scratchFolder();
      const script = `import { deferSignals } from '${module}'; import { writeFileSync } from 'node:fs';
      const release = deferSignals(); process.kill(process.pid, '${signal}'); writeFileSync('work', ''); await release(); writeFileSync('never', '');`;
      const { status } = spawnSync(process.execPath, [moduleFile(script)], { cwd: folder });
      assert.is(status, code);
      assert.equal([existsSync(join(folder, 'work')), existsSync(join(folder, 'never'))], [true, false]);
    },
  );

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtin, isNode, nodeProcess } from '../../src/platform/node.js';
import { runWithPlatform, withoutNode } from './run-with-platform.js';

test('modules of Node are those of the runtime', async () => {
  assert.ok(isNode());
  assert.is(nodeProcess, process);
  assert.is((await builtin('node:path', 'test')).basename('a/b'), 'b');
});

test('without Node there is no process and no module', () => {
  const code = `console.log(String(p.isNode())); await p.stat('reading x').catch((error) => console.log(error.message));`;
  assert.is(
    runWithPlatform(code, { before: withoutNode }).stdout,
    'false\nreading x: expected Node, Deno or Bun, got a browser. Pass bytes instead of paths.\n',
  );
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';

const isNode = !('Bun' in globalThis || 'Deno' in globalThis);
const name = 'the tests run with code generation from text disallowed';

if (!isNode) test.skip(`${name} (only Node can disallow it)`, () => undefined);
else
  test(name, () => {
    assert.throws(() => new Function('return 1'), /Code generation from strings disallowed/);
  });

test.run();

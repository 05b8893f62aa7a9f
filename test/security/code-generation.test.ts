import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('the tests run with code generation from text disallowed', () => {
  assert.throws(() => new Function('return 1'), /Code generation from strings disallowed/);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectInput } from '../../src/graph/expect-input.js';
import { throws } from '../throws.js';

test('data of the right type and number is returned, other data is refused with the shape', () => {
  const data = new Float32Array(6);
  assert.is(expectInput({ shape: [1, 2, 3] }, data, 'input "x"'), data);
  throws(
    () => expectInput({ shape: [1, 2, 3] }, new Float32Array(5), 'input "x"'),
    /^input "x": expected a Float32Array of 6 values \(1x2x3\), got 5\.$/,
  );
  throws(
    () => expectInput({ shape: [2] }, [1, 2] as unknown as Float32Array, 'input "x"'),
    /expected a Float32Array of 2 values \(2\), got something else\.$/,
  );
});

test.run();

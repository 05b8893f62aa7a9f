import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeText } from '../src/formats/text.js';
import { expectFeasible } from '../src/graph/feasible.js';
import { expectDecodable } from '../src/images/image.js';
import { limitOf, raiseHint } from '../src/limits.js';
import { throws } from './throws.js';

function withVariable(name: string, value: string, run: () => void): void {
  process.env[name] = value;
  try {
    run();
  } finally {
    delete process.env[name];
  }
}

test('the environment replaces a limit by another positive number', () => {
  const usual = limitOf('elements');
  assert.is(usual, 2 ** 28);
  withVariable('XFDNN_MAX_ELEMENTS', '10', () => assert.is(limitOf('elements'), 10));
  for (const odd of ['', 'x', '-1', '0'])
    withVariable('XFDNN_MAX_ELEMENTS', odd, () => assert.is(limitOf('elements'), usual));
  assert.is(raiseHint('text'), 'XFDNN_MAX_TEXT raises the limit.');
});

test('a value has whole sizes and at most so many elements', () => {
  expectFeasible([1, 3, 224, 224]);
  throws(() => expectFeasible([1, 0.5]), /^expected sizes of at least 1, got 1x0\.5\.$/);
  throws(() => expectFeasible([1, NaN]), /^expected sizes of at least 1/);
  throws(
    () => expectFeasible([2 ** 20, 2 ** 20]),
    /^expected a value of at most 268435456 elements, got 1048576x1048576\. XFDNN_MAX_ELEMENTS raises the limit\.$/,
  );
});

test('text and images have a size', () => {
  withVariable('XFDNN_MAX_TEXT', '3', () =>
    throws(
      () => decodeText(new TextEncoder().encode('four'), 'a.txt'),
      /^a\.txt: expected at most 3 bytes of text, got 4\./,
    ),
  );
  assert.is(decodeText(new TextEncoder().encode('ä'), 'a.txt'), 'ä');
  expectDecodable(8000, 6000, 25, 'a.png');
  throws(() => expectDecodable(1, 20_000_000, 1, 'a.png'), /^a\.png: expected an image of 1 to 65535 pixels a side/);
  throws(() => expectDecodable(20_000, 20_000, 25, 'a.png'), /XFDNN_MAX_IMAGE raises the limit\.$/);
});

test.run();

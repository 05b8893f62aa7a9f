import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refused, runProgram } from './command.js';
import { smallNetwork } from './fixtures.js';

const folder = smallNetwork();

test('help and version are no failures', () => {
  for (const words of [['--help'], ['--version'], ['quantize', '--help']]) {
    const { code, output, error } = runProgram('xfdnn', folder, words);
    assert.equal([code, error, output.length > 0], [0, '', true], words.join(' '));
  }
});

test('a command that does not exist', () => {
  refused(folder, ['quantise'], 2, /^error: unknown command 'quantise' \(Did you mean quantize\?\)$/);
});

test.run();

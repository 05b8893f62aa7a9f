import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { xfdnnProgram } from '../../src/cli/main.js';
import { moduleFile } from '../scratch.js';
import { root } from '../support.js';
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
  refused(folder, ['quantise'], 2, /^quantise: expected a command, got another word\. Did you mean quantize\?$/);
});

// Deno finds packages from the folder of the first module.
('Deno' in globalThis ? test.skip : test)(
  'a fault of the program ends with 4 and says so, in the form that was asked for',
  () => {
    const script = moduleFile(`
    import { Command } from '${join(root, 'node_modules/commander/esm.mjs')}';
    import { main } from '${join(root, 'dist/src/cli/main.js')}';
    const command = new Command('x').option('--json').action(() => { throw new TypeError('a slip'); });
    await main(command);`);
    const ended = (...words: string[]) => spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });
    const plain = ended();
    assert.is(plain.status, 4);
    assert.match(plain.stderr, /^internal error: TypeError: a slip\n/);
    const json = ended('--json');
    assert.equal([json.status, json.stderr], [4, '']);
    assert.is(JSON.parse(json.stdout).error.code, 'internal');
  },
);

test('help is in groups, marks what is required and has two examples for each command', () => {
  const program = xfdnnProgram('0');
  for (const command of program.commands) {
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    assert.ok(
      text.split('\n').every((line) => line.length <= 80),
      `${command.name()}: at most 80 columns`,
    );
    assert.match(text, /\nExamples:\n {2}xfdnn .*\n( {6}.*\n)* {2}xfdnn .*\n/, command.name());
    if (command.options.some(({ long }) => long === '--deploy_model')) {
      assert.match(text, /\nNetwork:\n/);
      assert.match(text, /\nOutput:\n/);
    }
  }
});

test.run();

import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completionScript } from '../../src/cli/completion.js';
import { xfdnnProgram } from '../../src/cli/main.js';

const program = xfdnnProgram('0');
const script = (shell: string): string => completionScript(shell, program);
const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;

test('every command and its flags are in each script, dead flags are not', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const text = script(shell);
    for (const word of ['quantize', 'verify', 'doctor', 'calibration_directory', 'min_sqnr'])
      assert.ok(text.includes(word), `${shell}: ${word}`);
    assert.not.match(text, /train_val_model/);
  }
  assert.throws(() => script('tcsh'), /expected bash, zsh, fish, got "tcsh"/);
});

(hasBash ? test : test.skip)('bash completes a command and a flag of it', () => {
  const complete = (words: string, index: number): string => {
    const line = `${script('bash')}\nCOMP_WORDS=(${words}); COMP_CWORD=${index}; _xfdnn; echo "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', line], { encoding: 'utf8' }).stdout.trim();
  };
  assert.is(complete('xfdnn ver', 1), 'verify');
  assert.is(complete('xfdnn verify --min_', 2), '--min_sqnr --min_agreement');
});

test.run();

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { prototxt } from './fixtures.js';
import { network, quantizedNetwork } from './quantized.js';

const box = `${prototxt}layer { name: "box" type: "Box" bottom: "fc" top: "box" }\n`;
const { folder } = quantizedNetwork({ 'box.prototxt': box });
const isThere = spawnSync('script', ['-qec', 'stty cols 60', '/dev/null']).status === 0;
const run = isThere ? test : test.skip;
const named = (name: string): string => `${name}${isThere ? '' : ' (skipped: there is no script and stty)'}`;

/** What a command writes to a terminal of 60 columns. */
function onTerminal(words: readonly string[], variables: Readonly<Record<string, string>> = {}): string {
  const { NO_COLOR: _color, FORCE_COLOR: _force, TERM: _term, ...others } = process.env;
  const line = [process.execPath, join(root, 'bin/xfdnn.js'), ...words].map((word) => `'${word}'`).join(' ');
  const { stdout } = spawnSync('script', ['-qec', `stty cols 60; ${line}`, '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...others, TERM: 'xterm', ...variables },
  });
  return stdout;
}

const COLOR = /\x1b\[[\d;]*m/;
/** What cannot be run is printed in red. */
const inspect = ['inspect', '--deploy_model', 'box.prototxt'];

run(named('a line of progress is no longer than a terminal of 60 columns, and help is broken there'), () => {
  const shown = onTerminal(['sensitivity', ...network, '--scaling', 'q.json', '--images', 'images']);
  const lines = shown.split(/\r\x1b\[K|\r?\n/);
  const progress = lines.filter((line) => /^\d+ % /.test(line));
  assert.ok(progress.length > 0, shown);
  assert.ok(
    progress.every(({ length }) => length < 60),
    progress.join('\n'),
  );
  const help = onTerminal(['verify', '--help']).split(/\r?\n/);
  const flags = help.slice(0, help.indexOf('Examples:'));
  assert.equal(
    flags.filter(({ length }) => length > 60),
    [],
  );
});

run(named('colours: on a terminal, not with NO_COLOR, TERM=dumb or --color never'), () => {
  assert.match(onTerminal(inspect), COLOR);
  assert.not.match(onTerminal(inspect, { NO_COLOR: '1' }), COLOR);
  assert.not.match(onTerminal([...inspect, '--color', 'never']), COLOR);
  assert.match(onTerminal([...inspect, '--color', 'always'], { NO_COLOR: '1' }), COLOR);
  const verify = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--image_count', '2'];
  assert.not.match(onTerminal(verify, { TERM: 'dumb' }), /\x1b/, 'neither colours nor progress that rewrites itself');
});

test.run();

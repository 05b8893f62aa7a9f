import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { png, smallNetwork } from '../cli/fixtures.js';
import { after, ended, type Faults, leftovers, pause, quantized, run, start, xfdnn } from './process.js';

/** A run that is to end well with a whole file or with code 1 and these words. */
async function wellOrNamed(command: readonly string[], words: RegExp, env?: Record<string, string>): Promise<void> {
  const folder = smallNetwork();
  const { code, error } = await run(folder, command, env);
  assert.ok(code === 0 || (code === 1 && words.test(error)), `${code}: ${error}`);
  assert.not.match(error, /internal error|\n {4}at /);
  if (code === 0) JSON.parse(readFileSync(join(folder, 'q.json'), 'utf8'));
  else assert.not(existsSync(join(folder, 'q.json')));
  assert.equal(leftovers(folder), []);
}

/** The scaling file of the first round. */
let busyBytes: string | undefined;

/** Less than a run would like to have, and files that change under it. */
export const surroundings: Faults = {
  async 'without a folder for temporary files a run that needs none succeeds, another names it'() {
    const env = { TMPDIR: '/no/such/folder' };
    const { code, error } = await run(smallNetwork(), quantized(), env);
    assert.is(code, 0, error);
    const spilled = await run(smallNetwork(), quantized('q.json', '--memory', '1'), env);
    assert.is(spilled.code, 1);
    assert.match(spilled.error, /^\/no\/such\/folder\/xfdnn-[0-9a-f]+\.tmp: .*\n$/);
  },
  'with few open files a run succeeds or says so': async (round) => {
    for (const files of [24 + round, 64, 256])
      await wellOrNamed(
        after(`ulimit -n ${files}`, quantized('q.json', '--threads', '4')),
        /EMFILE|too many (open )?files/,
      );
  },
  'with little address space a run succeeds or says so': (round) =>
    wellOrNamed(
      after(`ulimit -v ${[2, 4, 8, 16][round % 4]}000000`, quantized('q.json', '--threads', '2')),
      /^memory: expected address space of .*ulimit -v\)\.\n$/,
    ),
  async 'a folder that takes no files is named before the work'() {
    const isAdministrator = process.getuid?.() === 0;
    const folder = smallNetwork();
    mkdirSync(join(folder, 'closed'), { mode: 0o500 });
    // Permissions do not hold the administrator back; /proc takes no files from anybody.
    const output = isAdministrator ? '/proc/xfdnn/q.json' : 'closed/q.json';
    const { code, error } = await run(folder, quantized(output));
    assert.is(code, 1, error);
    assert.match(error, /^(\/proc\/xfdnn|closed)\/q\.json: .*\n$/);
  },
  async 'an output that is a link is written where it leads, and stays a link'() {
    const folder = smallNetwork();
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync('elsewhere/real.json', join(folder, 'q.json'));
    for (let times = 0; times < 2; times++) assert.is((await run(folder, quantized())).code, 0);
    assert.ok(lstatSync(join(folder, 'q.json')).isSymbolicLink());
    assert.ok(JSON.parse(readFileSync(join(folder, 'elsewhere/real.json'), 'utf8')));
    assert.equal(leftovers(folder), []);
  },
  async 'an output that leads to any input is refused, and the input stays'() {
    const folder = smallNetwork();
    symlinkSync('net.caffemodel', join(folder, 'link'));
    for (const input of ['net.prototxt', 'net.caffemodel', 'images/2.png', 'link', './images/../net.prototxt']) {
      const before = readFileSync(join(folder, input));
      for (const flags of [[input], ['q.json', '--manifest', input], ['q.json', '--report', input]]) {
        const { code, error } = await run(folder, quantized(...(flags as [string])));
        assert.is(code, 2, `${flags.join(' ')}: ${error}`);
        assert.match(error, /expected a file of its own/);
      }
      assert.equal(readFileSync(join(folder, input)), before);
    }
  },
  async 'where the output folder vanishes, it is made again or named'(round) {
    const folder = smallNetwork();
    mkdirSync(join(folder, 'out'));
    const end = ended(start(folder, quantized('out/q.json')));
    await pause(100 + 23 * round);
    rmSync(join(folder, 'out'), { recursive: true, force: true });
    const { code, error } = await end;
    assert.ok(code === 0 || (code === 1 && /^out\/q\.json: /.test(error)), `${code}: ${error}`);
    if (existsSync(join(folder, 'out/q.json'))) JSON.parse(readFileSync(join(folder, 'out/q.json'), 'utf8'));
    assert.equal(leftovers(folder), []);
  },
  async 'an input that changes meanwhile is named, or the manifest holds the hash of what was read'(round) {
    const folder = smallNetwork();
    const end = ended(start(folder, quantized('q.json', '--manifest', 'm.json')));
    await pause(60 + 29 * round);
    writeFileSync(join(folder, 'images/1.png'), png(77));
    const { code, error } = await end;
    assert.ok(code === 0 || (code === 1 && /images\/1\.png: /.test(error)), `${code}: ${error}`);
    if (code !== 0) return;
    // It was changed before it was read, or after the end: a run with the recorded flags tells which.
    const bytes = readFileSync(join(folder, 'q.json'), 'utf8');
    const again = await run(folder, xfdnn('quantize', '--from', 'm.json', '--output_json', 'again.json', '--quiet'));
    if (again.code === 0) assert.is(readFileSync(join(folder, 'again.json'), 'utf8'), bytes);
    else assert.match(again.error, /images\/1\.png: expected SHA-256/);
  },
  async 'eight runs at once with one output leave one whole file'() {
    const folder = smallNetwork();
    const commands = Array.from({ length: 8 }, () => run(folder, quantized('q.json', '--threads', '2')));
    for (const { code, error } of await Promise.all(commands)) assert.is(code, 0, error);
    const together = readFileSync(join(folder, 'q.json'), 'utf8');
    assert.is((await run(folder, quantized('alone.json'))).code, 0);
    assert.is(together, readFileSync(join(folder, 'alone.json'), 'utf8'));
    assert.equal(leftovers(folder), []);
  },
  async 'on a busy machine any number of threads gives the same bytes'(round) {
    const folder = smallNetwork();
    const spinning = [1, 2].map(() => start(folder, [process.execPath, '-e', 'for (;;);']));
    try {
      const threads = String((round % 8) + 1);
      assert.is((await run(folder, quantized('busy.json', '--threads', threads))).code, 0);
      busyBytes ??= readFileSync(join(folder, 'busy.json'), 'utf8');
      assert.is(readFileSync(join(folder, 'busy.json'), 'utf8'), busyBytes, `${threads} threads`);
      assert.is((await run(folder, quantized('one.json', '--threads', '1'))).code, 0);
      assert.is(readFileSync(join(folder, 'one.json'), 'utf8'), busyBytes);
    } finally {
      for (const child of spinning) child.kill('SIGKILL');
    }
  },
  async 'a reader that goes away early is no failure'() {
    const folder = smallNetwork();
    const inspect = ['inspect', '--deploy_model', 'net.prototxt'];
    for (const words of [
      inspect,
      [...inspect, '--json'],
      ['quantize', '--help'],
      ['--version'],
      ['completion', 'bash'],
    ]) {
      const child = start(folder, xfdnn(...words));
      child.stdout?.destroy();
      const { code, error } = await ended(child);
      assert.is(code, 0, `${words.join(' ')}: ${error}`);
    }
    const child = start(folder, quantized('-'));
    child.stdout?.destroy();
    const { code, error } = await ended(child);
    assert.ok(code === 0 || (code === 1 && /^-: |^standard output: /.test(error)), `${code}: ${error}`);
  },
};

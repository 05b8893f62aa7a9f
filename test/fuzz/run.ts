/**
 * Fuzzing: `npm run fuzz -- --kind KIND --seconds N --seed S`. Cases are made from the seed and their number. A case is a finding
 * if it ends otherwise than with a valid result or an XfdnnError, takes more than 5 seconds of processor time or more than 2 GB. Findings are
 * minimised and written to `fuzz-findings/`. Ends with 1 where there are any.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scratchFolder } from '../scratch.js';
import { caseOf } from './finding.js';
import { kinds } from './kinds.js';

const FOLDER = 'fuzz-findings';
const SLOW_MS = 5000;
/** However busy the machine is, no case waits so long. */
const STUCK_MS = 600_000;
const MINIMISING_MS = 40_000;
/** A process may take so long to load its modules. */
const STARTING_MS = 60_000;
/** A kind with more findings than this is broken altogether. */
const MOST = 20;

interface Message {
  readonly begin?: number;
  readonly minimising?: number;
  readonly finding?: string;
  readonly index?: number;
  readonly bytes?: readonly number[];
}

/** How a part of a run ended: at a finding, or at the end of its time. */
interface Ended extends Message {
  readonly index: number;
  /** Milliseconds of processor time that its process took. */
  readonly used: number;
}

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'all' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});

const names = values.kind === 'all' ? Object.keys(kinds) : [values.kind];
/** Takes the files of children, which are killed. */
const scratch = scratchFolder();
let found = 0;
for (const kind of names)
  found += await fuzz(kind, Number(values.seed), (1000 * Number(values.seconds)) / names.length);
process.exitCode = found > 0 ? 1 : 0;

/** Fuzzes one kind for some milliseconds; the number of findings. */
async function fuzz(kind: string, seed: number, milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds;
  let [next, findings, processor] = [0, 0, 0];
  while (Date.now() < end && findings < MOST) {
    const { index, finding, bytes, used } = await runFrom(kind, seed, next, end);
    next = index + 1;
    processor += used;
    if (finding === undefined) continue;
    findings++;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(`${FOLDER}/${kind}-${seed}-${index}`, Uint8Array.from(bytes ?? caseOf(kind, seed, index)));
    console.log(`${kind}, seed ${seed}, case ${index}: ${finding.split('\n').slice(0, 6).join('\n')}`);
  }
  console.log(
    `${kind}, seed ${seed}: ${next} cases, ${Math.round(processor / 1000)} s of processor time, ${findings} findings`,
  );
  return findings;
}

/** Runs cases until one is a finding, hangs or ends the process, or time is over. */
function runFrom(kind: string, seed: number, first: number, end: number): Promise<Ended> {
  return new Promise((resolve) => {
    const child: ChildProcess = fork(
      fileURLToPath(new URL('child.js', import.meta.url)),
      [kind, `${seed}`, `${first}`],
      {
        execArgv: ['--max-old-space-size=2048'],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: { ...process.env, TMPDIR: scratch },
      },
    );
    let [index, limit, since, used] = [first, STARTING_MS, Date.now(), 0];
    const done = (message: Message): void => {
      clearInterval(clock);
      const total = processorTime(child.pid, 0);
      child.removeAllListeners();
      child.kill('SIGKILL');
      resolve({ index, used: total, ...message });
    };
    const clock = setInterval(() => {
      const waited = Date.now() - since;
      if (waited > STUCK_MS || (waited > limit && processorTime(child.pid, since) - used > limit))
        done({ finding: `no end after ${limit} ms` });
      else if (Date.now() > end) done({});
    }, 100);
    child.on('message', (message: Message) => {
      [since, used] = [Date.now(), processorTime(child.pid, 0)];
      if (message.begin !== undefined) [index, limit] = [message.begin, SLOW_MS];
      else if (message.minimising !== undefined) limit = MINIMISING_MS;
      else done(message);
    });
    child.on('exit', (code, signal) => done({ finding: `the process ended with ${code ?? signal}` }));
  });
}

/** Milliseconds of processor time of a process; where the system does not say, those since a moment. */
function processorTime(pid: number | undefined, since: number): number {
  try {
    // The name of the program, in parentheses, may hold spaces. Ticks are hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return since === 0 ? 0 : Date.now() - since;
  }
}

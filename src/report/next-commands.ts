import type { Verdict } from '../verification/verdict/verdict.js';

/** A command line to run next. */
export interface NextCommand {
  readonly purpose: 'try' | 'compare' | 'find';
  readonly command: string;
}

/** Flags of a command line by name: `{ deploy_model: 'net.pb', bitwidths: [8, 8, 8], verify: true }`. */
export type CommandFlags = Readonly<Record<string, unknown>>;

/** The commands that go on from a run, with its flags. */
export interface NextRuns {
  readonly quantize: CommandFlags;
  readonly advise: CommandFlags;
  readonly sensitivity: CommandFlags;
}

/**
 * The command lines that go on from a verdict: with the first of the flags to try, and those that look deeper. On another input
 * than the calibration's every choice is as wrong, so that nothing is compared.
 */
export function nextCommands({ grade, cliff, causes, next }: Verdict, runs: NextRuns): NextCommand[] {
  if (grade === 'good' && cliff === null) return [];
  const [first] = next;
  const tried: NextCommand[] =
    first === undefined
      ? []
      : [{ purpose: 'try', command: commandLine('quantize', without(runs.quantize, first), first) }];
  if (causes.some(({ kind }) => kind === 'other input than calibrated on')) return tried;
  return [
    ...tried,
    { purpose: 'compare', command: commandLine('advise', runs.advise) },
    { purpose: 'find', command: commandLine('sensitivity', runs.sensitivity) },
  ];
}

/** The flags but those that a text such as `--overlay v3` gives anew. */
function without(flags: CommandFlags, text: string): CommandFlags {
  const given = new Set([...text.matchAll(/--(\w+)/g)].map(([, name]) => name));
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !given.has(name)));
}

function commandLine(command: string, flags: CommandFlags, more = ''): string {
  const words = Object.entries(flags).flatMap(([name, value]) => wordsOf(`--${name}`, value));
  return ['xfdnn', command, ...words, ...(more === '' ? [] : [more])].join(' ');
}

/** Flags that are repeated for each of several values. */
const REPEATED: ReadonlySet<string> = new Set(['--images', '--calibration_directory', '--input']);

/** The words of a flag as a shell reads them. */
function wordsOf(flag: string, value: unknown): string[] {
  if (value === undefined || value === null || value === false) return [];
  if (value === true) return [flag];
  if (Array.isArray(value) && REPEATED.has(flag)) return value.flatMap((each) => wordsOf(flag, each));
  const isPlain = typeof value !== 'object' || Array.isArray(value);
  const text = isPlain
    ? String(value)
    : Object.entries(value)
        .map(([key, of]) => `${key}=${of}`)
        .join(',');
  return [flag, /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`];
}

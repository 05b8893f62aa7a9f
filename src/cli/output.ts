import type { Command } from 'commander';
import { fail, visible, XfdnnError } from '../error.js';
import type { JobHooks } from '../jobs/hooks.js';
import { environment } from '../platform/index.js';
import { jsonText } from '../report/json.js';
import type { TextStyle } from '../report/style.js';
import { listLines } from '../report/words.js';
import { oneOf } from './arguments.js';
import { option } from './option.js';
import { openProgress } from './progress.js';

const WHEN = ['auto', 'always', 'never'] as const;
const LOGS = ['text', 'json'] as const;

/** The flags of what a command prints. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly log?: (typeof LOGS)[number];
  readonly color?: (typeof WHEN)[number];
  readonly wide?: boolean;
  readonly quiet?: boolean;
}

/** Flags of a command without those of {@link OutputFlags}. */
export function jobFlags<Flags extends OutputFlags>(flags: Flags): Omit<Flags, keyof OutputFlags> {
  const { json: _json, log: _log, color: _color, wide: _wide, quiet: _quiet, ...others } = flags;
  return others;
}

/** Adds the flags of what a command prints. */
export function outputFlags(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(option('--json', 'the result, or the error, as JSON on stdout'))
    .addOption(option('--wide', 'every column, and names in full'))
    .addOption(
      option('--color <when>', `${WHEN.join(', ')} (default: auto; NO_COLOR turns it off)`, oneOf('color', WHEN)),
    )
    .addOption(
      option('--log <form>', 'notes, warnings and progress on stderr as text or json (JSON lines)', oneOf('log', LOGS)),
    )
    .addOption(option('--quiet', 'no notes and no progress on stderr; warnings stay'));
}

/** Throws `usage` where a flag is given beside one that excludes it. */
export function refuseBeside(flag: string, others: Readonly<Record<string, unknown>>): void {
  const [other] = Object.entries(others).find(([, value]) => value !== undefined && value !== false) ?? [];
  if (other !== undefined) fail('usage', flag, `expected no ${other} beside it, got both.`, `Run without ${other}.`);
}

/** What a command writes: its result on stdout, everything else on stderr. */
export interface Output {
  readonly style: TextStyle;
  /** Writes the result, in the form that the flags ask for. `toJson`: where infinite numbers are not to become null. */
  result(value: unknown, text: () => string, toJson?: (value: unknown) => string): void;
  /** A line for what is normal; nothing with `--quiet`. */
  note(line: string): void;
  warn(line: string): void;
  /** Runs a job with its progress, counted in these units. After the last one it says how long all of them took. */
  run<T>(unit: string, job: (hooks: JobHooks) => Promise<T>, isLast?: boolean): Promise<T>;
}

/** The flags of files that may be standard output. */
interface WrittenFiles {
  readonly output_json?: string | undefined;
  readonly output?: string | undefined;
  readonly manifest?: string | undefined;
  readonly report?: string | undefined;
}

/** The output of a command with these flags. Where a file goes to standard output, the result is a note. Throws `usage`. */
export function openOutput(flags: OutputFlags & WrittenFiles): Output {
  const isTaken = [flags.output_json, flags.output, flags.manifest, flags.report].includes('-');
  if (isTaken) refuseBeside('-', { '--json': flags.json });
  const isJson = flags.log === 'json';
  const write = (level: string, line: string): void => writeLine(isJson, level, line);
  const note = (line: string): void => {
    if (flags.quiet !== true) write('note', line);
  };
  const warn = (line: string): void => write('warning', line);
  let begin: number | undefined;
  return {
    style: { wide: flags.wide === true, color: hasColor(flags), columns: environment.outputColumns() },
    result(value, text, toJson = jsonText) {
      if (!isTaken) environment.writeOutput(flags.json === true ? toJson(value) : text());
      else if (isJson) note(text().trimEnd());
      // It has lines of its own, in which names are visible.
      else if (flags.quiet !== true) environment.writeError(text());
    },
    note,
    warn,
    async run(unit, job, isLast = true) {
      begin ??= Date.now();
      const progress = openProgress({ quiet: flags.quiet === true, json: isJson, unit });
      const hooks: JobHooks = { progress: progress.report, warn, note };
      const result = await job(hooks).finally(progress.end);
      if (isLast) note(`done in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
      return result;
    },
  };
}

function hasColor({ color = 'auto', json }: OutputFlags): boolean {
  if (json === true || color !== 'auto') return color === 'always';
  const isSet = (name: string): boolean => (environment.variable(name) ?? '') !== '';
  return environment.outputIsTerminal() && !isSet('NO_COLOR') && environment.variable('TERM') !== 'dumb';
}

/** A line on stderr; in JSON with its level, which its first word may name. */
function writeLine(isJson: boolean, level: string, line: string): void {
  const [, word, text] = /^(note|warning): (.*)$/s.exec(line) ?? [];
  if (isJson) environment.writeError(`${JSON.stringify({ level: word ?? level, message: text ?? line })}\n`);
  else environment.writeError(`${environment.errorIsTerminal() && !isDumb() ? '\r\x1b[K' : ''}${visible(line)}\n`);
}

const isDumb = (): boolean => environment.variable('TERM') === 'dumb';

/** The forms that the words of a command line ask for before they are parsed, so that a wrong one is reported in them too. */
function formsOf(words: readonly string[]): { readonly json: boolean; readonly log: boolean } {
  const end = words.indexOf('--');
  const flags = end < 0 ? words : words.slice(0, end);
  const log = flags.includes('--log=json') || flags.some((word, i) => word === '--log' && flags[i + 1] === 'json');
  return { json: flags.includes('--json'), log };
}

/** Characters of a message with one thing to list that stays on its line. */
const ONE_LINE = 300;

/** Reports an error: as one object on stdout with `--json`, else as one line on stderr. `words`: the command line. */
export function writeFailure(
  words: readonly string[],
  error: { readonly code: string; readonly message: string },
): void {
  const { json, log } = formsOf(words);
  const { where = '', detail = error.message, hint = '' } = error instanceof XfdnnError ? error : {};
  const object = { code: error.code, message: error.message, where, detail, hint };
  if (json) environment.writeOutput(jsonText({ error: object }));
  if (log) environment.writeError(`${JSON.stringify({ level: 'error', ...object })}\n`);
  else if (!json) environment.writeError(`${failureText(error)}\n`);
}

/** The message; what an error lists is on lines of its own, where it is more than one line holds. */
function failureText(error: { readonly message: string }): string {
  if (!(error instanceof XfdnnError) || error.list === undefined) return error.message;
  const { where, list, hint } = error;
  const items = list.items.map(visible);
  if (items.length === 1 && error.message.length <= ONE_LINE) return error.message;
  return [...listLines(visible(`${where}: ${list.head}`), items), visible(hint)].join('\n');
}

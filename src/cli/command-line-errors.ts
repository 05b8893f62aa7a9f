import type { Command, CommanderError } from 'commander';
import { fail, XfdnnError } from '../error.js';
import { nearest } from '../nearest.js';

/** Flags of different commands for the same thing. */
const SAME: readonly (readonly string[])[] = [
  ['--images', '--calibration_directory'],
  ['--image_count', '--calibration_size'],
  ['--output_json', '--output', '--output_dir'],
  ['--overlay', '--overlays'],
  ['--calibrator', '--calibrators'],
  ['--bitwidths', '--bits'],
];

/**
 * Throws `usage` for the first flag that the command does not have, with the one that is meant if it can be told. Commander
 * would first name a flag that is missing, which is often the one that is misspelt.
 */
export function refuseUnknownFlags(words: readonly string[], program: Command): void {
  const command = program.commands.length === 0 ? program : program.commands.find((each) => each.name() === words[0]);
  if (command === undefined) return;
  let isValue = false;
  for (const word of words) {
    if (word === '--') return;
    const flag = word.split('=', 1)[0] ?? word;
    const known = command.options.find(({ long, short }) => flag === long || flag === short);
    if (!isValue && flag.startsWith('--') && known === undefined && flag !== '--help') unknownFlag(flag, command);
    isValue = !isValue && known?.required === true && !word.includes('=');
  }
}

function unknownFlag(flag: string, command: Command): never {
  const own = command.options.flatMap(({ long }) => long ?? []);
  const same = SAME.find((flags) => flags.includes(flag))?.find((other) => own.includes(other));
  const [near = own.find((other) => flag.startsWith(other))] = nearest(flag, own, (each) => each.slice(2));
  const meant = near === undefined ? '--help lists those that there are.' : `Did you mean ${near}?`;
  const hint = same === undefined ? meant : `Its flag for this is ${same}.`;
  return fail('usage', flag, `expected a flag of ${command.name()}, got another.`, hint);
}

/** What Commander's messages say, in the form of this program's errors. */
const FORMS: readonly (readonly [message: RegExp, error: (found: readonly string[]) => XfdnnError])[] = [
  [
    /required option '(?:-\w, )?(--\w+) <(.+)>' not specified/,
    ([, flag = '', value = '']) => usage(flag, `expected a ${value}, got none.`, '--help says what it is.'),
  ],
  [
    /option '(?:-\w, )?(--\w+) <(.+)>' argument missing/,
    ([, flag = '', value = '']) => usage(flag, `expected a ${value} behind it, got the end of the line.`),
  ],
  [
    /missing required argument '(.+)'/,
    ([, name = '']) => usage(`<${name}>`, 'expected this argument, got none.', '--help says what it is.'),
  ],
  [
    /unknown command '(.+)'(?: \(Did you mean (.+)\?\))?/,
    ([, word = '', near]) =>
      usage(
        word,
        'expected a command, got another word.',
        near ? `Did you mean ${near}?` : '--help lists the commands.',
      ),
  ],
  [
    /too many arguments for '(.+)'.*Expected (\d+) arguments? but got (\d+)/s,
    ([, name = '', wanted = '', got = '']) =>
      usage(name, `expected ${wanted} words beside its flags, got ${got}.`, 'A list or name with spaces needs quotes.'),
  ],
];

/** An error of Commander in the form of this program's errors. */
export function usageError({ message }: CommanderError): XfdnnError {
  const line = message.trim().replace(/\s*\n\s*/g, ' ');
  for (const [form, error] of FORMS) {
    const found = form.exec(line);
    if (found !== null) return error(found);
  }
  return usage('', line.replace(/^error: /, ''));
}

const usage = (where: string, detail: string, hint = ''): XfdnnError => new XfdnnError('usage', where, detail, hint);

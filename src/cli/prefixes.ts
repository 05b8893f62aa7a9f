import type { Command } from 'commander';
import { fail } from '../error.js';
import { ORIGINAL_FLAGS } from './original.js';

/**
 * The words with each beginning of a flag replaced by the flag, as argparse took it: `--calibration_d` is
 * `--calibration_directory`. `quantize` looks among the original's flags first. Throws `usage` where several flags begin
 * so; a word that begins no flag stays as it is.
 */
export function completeFlags(words: readonly string[], program: Command): string[] {
  const command = program.commands.find((each) => words.includes(each.name())) ?? program;
  const own = command.options.flatMap(({ long }) => long ?? []);
  const lists = command.name() === 'quantize' ? [ORIGINAL_FLAGS, own] : [own];
  const end = words.indexOf('--');
  return words.map((word, i) => {
    const [, flag, value = ''] = /^(--[^=]+)(=.*)?$/s.exec(word) ?? [];
    if (flag === undefined || (end >= 0 && i >= end) || own.includes(flag)) return word;
    return `${flagOf(flag, lists)}${value}`;
  });
}

function flagOf(prefix: string, lists: readonly (readonly string[])[]): string {
  const found = lists.map((list) => list.filter((flag) => flag.startsWith(prefix))).find(({ length }) => length > 0);
  const [only, ...others] = found ?? [prefix];
  return others.length === 0
    ? (only ?? prefix)
    : fail(
        'usage',
        prefix,
        `expected the beginning of one flag, got that of ${found?.join(', ')}.`,
        'Write more of it.',
      );
}

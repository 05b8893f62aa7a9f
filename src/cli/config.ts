import type { Command, Option } from 'commander';
import { fail } from '../error.js';
import { decodeText } from '../formats/text.js';
import { manifestFlags } from '../jobs/manifest-flags.js';
import { nearest } from '../nearest.js';
import { readFile } from '../platform/index.js';
import { kindOf, schemaOf } from './flag-kinds.js';
import { option } from './option.js';

/** Flags as JSON: the keys of a configuration file are the flags without their hyphens. */
type Settings = Readonly<Record<string, unknown>>;

/** `--config`. */
export function configOption(): Option {
  return option('--config <file>', 'JSON with flags as keys; flags on the command line win');
}

/** `--from`. */
export function fromOption(): Option {
  return option('--from <manifest>', 'flags of a recorded run, whose files must be the same; others given win');
}

/**
 * The words of a command line with the flags of the files that `--config` and `--from` name, before those that are given. A
 * flag that is given takes the place of the file's, and a configuration that of a manifest. Throws `usage`, `file`, `format`,
 * `data`.
 */
export async function withConfig(words: readonly string[], program: Command): Promise<string[]> {
  const command = program.commands.find((each) => each.name() === words[0]) ?? program;
  const [name, flags] = command === program ? [[], words] : [words.slice(0, 1), words.slice(1)];
  const config = takeFlag(flags, 'config');
  const from = takeFlag(config.words, 'from');
  if (config.path === undefined && from.path === undefined) return [...words];
  const isHere = (flag: string): boolean => command.options.some(({ long }) => long === flag);
  if (from.path !== undefined && !isHere('--from')) return [...words];
  const settings = config.path === undefined ? {} : await settingsOf(config.path, command);
  const isGivenHere = (each: Option): boolean =>
    isGiven(from.words, each) || Object.hasOwn(settings, each.attributeName());
  const given = new Set(command.options.filter(isGivenHere).map((each) => each.attributeName()));
  const recorded =
    from.path === undefined ? {} : await manifestFlags(from.path, command.name(), kindsIn(from.path, program), given);
  const known = Object.entries(recorded).filter(([key]) => isHere(`--${key}`));
  const merged = { ...Object.fromEntries(known), ...settings };
  const file = config.path ?? from.path ?? '';
  const extra = command.options.flatMap((each) => {
    const key = each.attributeName();
    return Object.hasOwn(merged, key) && !isGiven(from.words, each) ? wordsOf(file, each, merged[key]) : [];
  });
  return [...name, ...extra, ...from.words];
}

/** The value of a flag, and the words without it. */
function takeFlag(words: readonly string[], flag: string): { path: string | undefined; words: string[] } {
  const end = words.indexOf('--');
  const at = words.findIndex(
    (word, i) => (end < 0 || i < end) && (word === `--${flag}` || word.startsWith(`--${flag}=`)),
  );
  const word = words[at];
  if (word === undefined) return { path: undefined, words: [...words] };
  const isJoined = word.includes('=');
  const path = isJoined ? word.slice(word.indexOf('=') + 1) : words[at + 1];
  if (path === undefined || path === '')
    fail('usage', `--${flag}`, 'expected the path of a file, got none.', `Write --${flag} FILE.`);
  return { path, words: [...words.slice(0, at), ...words.slice(at + (isJoined ? 1 : 2))] };
}

function isGiven(words: readonly string[], { long, short }: Option): boolean {
  return words.some((word) => word === long || word === short || word.startsWith(`${long}=`));
}

/** The settings of a configuration file. Throws `format`, and `usage` for a key that is no flag of the command. */
async function settingsOf(path: string, command: Command): Promise<Settings> {
  const text = decodeText(await readFile(path), path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail('format', path, `expected JSON, got ${(error as Error).message}.`, 'Write {"overlay": "v3"}.');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return fail('format', path, 'expected an object of flags, got something else.', 'Write {"overlay": "v3"}.');
  const keys = configurable(command).map((each) => each.attributeName());
  for (const key of Object.keys(json)) {
    if (key === '$schema' || keys.includes(key)) continue;
    const [near] = nearest(key, keys, (word) => word);
    const hint = near === undefined ? 'The keys are the flags without hyphens.' : `Did you mean "${near}"?`;
    fail('usage', path, `expected flags of ${command.name()}, got "${key}".`, hint);
  }
  return json as Settings;
}

/** The options of a command that a configuration may hold. */
function configurable(command: Command): Option[] {
  return command.options.filter(({ long }) => !['--config', '--from', '--version', '--help'].includes(long ?? ''));
}

/** The words of a setting on the command line. Throws `usage` for a value of another type than the flag's. */
function wordsOf(file: string, flag: Option, value: unknown): string[] {
  expectKind(file, flag, value);
  return kindOf(flag).words(`${flag.long}`, value);
}

function expectKind(file: string, flag: Option, value: unknown): void {
  const { matches, expected } = kindOf(flag);
  if (!matches(value))
    fail('usage', file, `expected "${flag.attributeName()}" to be ${expected}, got ${JSON.stringify(value)}.`);
}

/** Throws `usage` for a flag of `quantize`, as a manifest records it, whose value has another type. */
function kindsIn(file: string, program: Command): (flags: Readonly<Record<string, unknown>>) => void {
  const { options } = program.commands.find((each) => each.name() === 'quantize') ?? program;
  return (flags) => {
    for (const flag of options)
      if (Object.hasOwn(flags, flag.attributeName())) expectKind(file, flag, flags[flag.attributeName()]);
  };
}

/** The JSON schema of the configuration files of all commands. */
export function configSchema(program: Command): unknown {
  const commands = program.commands.filter((command) => command.options.some(({ long }) => long === '--config'));
  const options = new Map(commands.flatMap(configurable).map((each) => [each.attributeName(), each]));
  const properties = [...options].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, schemaOf(each)]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of xfdnn',
    description: 'The flags of a command as keys, for --config. A command takes the keys of its own flags only.',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
    additionalProperties: false,
  };
}

import { Option } from 'commander';

/** A flag with its help text, and a parser of its value; a flag without a parser is a switch or text. */
export function option(flags: string, text: string, parse?: (text: string, before?: unknown) => unknown): Option {
  const result = new Option(flags, text);
  return parse === undefined ? result : result.argParser(parse);
}

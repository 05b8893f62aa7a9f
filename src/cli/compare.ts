import { type Command, Option } from 'commander';
import { type CompareResult, compareFiles } from '../jobs/compare.js';
import { environment } from '../platform/index.js';
import { table } from '../report/table.js';
import type { Move } from '../scaling-file/compare.js';
import { formatFloat } from '../scaling-file/format.js';
import { magnitude } from './arguments.js';

/** Adds the flags and the action of `compare` to a command. */
export function addCompare(command: Command): Command {
  return command
    .argument('<first>', 'a scaling file')
    .argument('<second>', 'another')
    .addOption(
      new Option('--tolerance <relative>', 'largest relative change that passes (default: 0.01)').argParser(
        magnitude('tolerance'),
      ),
    )
    .addOption(new Option('--json', 'everything as JSON'))
    .action(async (first: string, second: string, { json, tolerance }: { json?: boolean; tolerance?: number }) => {
      const result = await compareFiles({ first, second, tolerance });
      environment.writeOutput(json === true ? `${JSON.stringify(result, null, 2)}\n` : text(result, first, second));
      if (!result.passed) environment.setExitCode(1);
    });
}

/** A change as people read it; widths and lengths change, they do not move. */
const percent = (relative: number): string =>
  relative === Infinity ? 'differs' : `${(100 * relative).toPrecision(3)} %`;
/** As the scaling file has them: every digit, small numbers with an exponent. */
const digits = (value: number): string => (Number.isInteger(value) ? String(value) : formatFloat(value));
const place = ({ key, channel }: Move): string => (channel === undefined ? key : `${key}[${channel}]`);

function text(result: CompareResult, first: string, second: string): string {
  const beyond = result.moves.filter(({ relative }) => relative > result.tolerance);
  const rows = result.moves.map((move) => [
    move.entry,
    place(move),
    digits(move.from),
    digits(move.to),
    percent(move.relative),
    String(move.count),
  ]);
  const lines = rows.length === 0 ? [] : [table(['entry', 'key', 'first', 'second', 'moved by', 'elements'], rows), ''];
  for (const name of result.onlyFirst) lines.push(`entry "${name}" is only in ${first}`);
  for (const name of result.onlySecond) lines.push(`entry "${name}" is only in ${second}`);
  const moved =
    result.moves.length === 0
      ? 'nothing moved'
      : `${result.moves.length} keys moved, ${beyond.length} of them by more than ${percent(result.tolerance)}`;
  const alone = result.onlyFirst.length + result.onlySecond.length;
  const verdict =
    alone === 0 ? moved : `${moved}; ${alone} ${alone === 1 ? 'entry is' : 'entries are'} in one file only`;
  return [...lines, verdict, ''].join('\n');
}

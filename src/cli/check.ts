import { type Command, Option } from 'commander';
import { type CheckResult, type CheckScalingOptions, checkScalingFile } from '../jobs/check.js';
import { environment } from '../platform/index.js';
import { faultLines } from '../report/fault-lines.js';
import { isFault } from '../scaling-file/fault.js';
import { oneOf } from './arguments.js';
import { networkFlags } from './flags.js';

/** Adds the flags and the action of `check` to a command. */
export function addCheck(command: Command): Command {
  command
    .argument('<scaling>', 'the scaling file')
    .addOption(
      new Option('--overlay <version>', 'v2 or v3 (default: detected from the file)').argParser(
        oneOf('overlay', ['v2', 'v3']),
      ),
    )
    .addOption(new Option('--fix', 'rewrite what can be derived: scale factors, triples, order'))
    .addOption(new Option('-o, --output <file>', 'where the repaired file goes (default: in place)'))
    .addOption(new Option('--json', 'everything as JSON'));
  return networkFlags(command).action(
    async (scaling: string, flags: Omit<CheckScalingOptions, 'scaling'> & { json?: boolean }) => {
      const { json, ...options } = flags;
      const result = await checkScalingFile({ ...options, scaling });
      environment.writeOutput(json === true ? `${JSON.stringify(result, null, 2)}\n` : text(result, scaling));
      if (result.faults.some(isFault)) environment.setExitCode(1);
    },
  );
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function text(result: CheckResult, scaling: string): string {
  const file = result.output ?? scaling;
  const faults = result.faults.filter(isFault).length;
  const repaired =
    result.output === undefined ? '' : `, ${counted(result.fixed, 'finding')} repaired in ${result.output}`;
  const entries = result.entries === 1 ? '1 entry' : `${result.entries} entries`;
  const summary = `${entries} for overlay ${result.overlay}: ${counted(faults, 'fault')}, ${counted(result.faults.length - faults, 'warning')}${repaired}`;
  return [...faultLines(result.faults, file), summary, ''].join('\n');
}

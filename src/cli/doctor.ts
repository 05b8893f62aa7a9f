import type { Command } from 'commander';
import { doctor } from '../jobs/doctor.js';
import { findingsText } from '../report/findings.js';
import { ExitCode, setExitCode } from './exit-code.js';
import { examples } from './flags.js';
import { type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the action of `doctor` to a command. */
export function addDoctor(command: Command): Command {
  examples(command, ['xfdnn doctor', 'xfdnn doctor --json']);
  return outputFlags(command).action(runDoctor);
}

async function runDoctor(flags: OutputFlags): Promise<void> {
  const output = openOutput(flags);
  const findings = await doctor();
  output.result({ findings }, () => findingsText(findings, output.style));
  if (findings.some(({ ok }) => !ok)) setExitCode(ExitCode.found);
}

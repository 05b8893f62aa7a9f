import { Command, CommanderError } from 'commander';
import { XfdnnError } from '../error.js';
import { environment } from '../platform/index.js';
import { addAdvise } from './advise.js';
import { normaliseArguments } from './arguments.js';
import { addCheck } from './check.js';
import { refuseUnknownFlags, usageError } from './command-line-errors.js';
import { addCompare } from './compare.js';
import { addCompletion } from './completion.js';
import { configOption, fromOption, withConfig } from './config.js';
import { addDoctor } from './doctor.js';
import { ExitCode, setExitCode } from './exit-code.js';
import { addExport } from './export.js';
import { addInspect } from './inspect.js';
import { writeFailure } from './output.js';
import { completeFlags } from './prefixes.js';
import { addQuantize } from './quantize.js';
import { addRescale } from './rescale.js';
import { addRun } from './run.js';
import { addSensitivity } from './sensitivity.js';
import { addVerify } from './verify.js';

/** `xfdnn`: every command as a sub-command. */
export function xfdnnProgram(version: string): Command {
  const program = new Command('xfdnn')
    .description('Fixed-point scaling parameters for the xDNN overlay, and their proof.')
    .version(version);
  addQuantize(program.command('quantize').description('calibrate a network on images and write its scaling file'));
  addInspect(program.command('inspect').description('show layers, shapes, costs and quantization sites'));
  addRun(program.command('run').description('run a network in float32 and write its blobs as .npy'));
  addVerify(
    program
      .command('verify')
      .description('run a network with its scaling file on the emulated overlay, and say how far it is from float'),
  );
  addSensitivity(
    program.command('sensitivity').description('rank the layers by what quantizing each costs at the outputs'),
  );
  addAdvise(
    program
      .command('advise')
      .description('quantize with every overlay, calibrator and width, and rank them on other images'),
  );
  addCheck(
    program.command('check').description('check a scaling file, by itself or against its network, and repair it'),
  );
  addRescale(
    program
      .command('rescale')
      .description('make new triples for another overlay or bit width from the same thresholds'),
  );
  addCompare(program.command('compare').description('show what moved between two scaling files, worst first'));
  addExport(
    program
      .command('export')
      .description('write integer weights, golden codes and known answers for a board or another emulation'),
  );
  addDoctor(program.command('doctor').description('examine what this program needs, and compute a case that is known'));
  for (const command of program.commands) addFileFlags(command);
  addCompletion(program.command('completion').description('print the completion of a shell'), program);
  return program;
}

/** Adds the flags that take other flags from a file. */
function addFileFlags(command: Command): Command {
  command.optionsGroup('Flags from files:').addOption(configOption());
  const hasNetwork = command.options.some(({ long }) => long === '--deploy_model');
  return hasNetwork ? command.addOption(fromOption()) : command;
}

/** `quantize`: the original script's name and flags. */
export function quantizeProgram(version: string): Command {
  return addFileFlags(
    addQuantize(
      new Command('quantize').description('calibrate a network on images and write its scaling file').version(version),
    ),
  );
}

/** Columns that the description of a flag needs to be broken into lines: a terminal of 60 columns has 27 beside the flags. */
const NARROWEST = 20;

/**
 * Runs a program. A failure is one line on stderr, or one object on stdout with `--json`; the exit code is one of
 * {@link ExitCode}.
 */
export async function main(program: Command): Promise<void> {
  const given = normaliseArguments(environment.arguments());
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .configureHelp({ minWidthToWrap: NARROWEST })
      .configureOutput({
        writeOut: (text) => environment.writeOutput(text),
        writeErr: (text) => environment.writeError(text),
        outputError: () => undefined,
      });
  try {
    const words = completeFlags(given, program);
    refuseUnknownFlags(words, program);
    await program.parseAsync(await withConfig(words, program), { from: 'user' });
  } catch (error) {
    report(error, given);
  }
}

/** Writes an error in the form that the command line asks for, and sets the exit code. */
function report(error: unknown, words: readonly string[]): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  if (error instanceof CommanderError) {
    setExitCode(ExitCode.usage);
    if (error.code !== 'commander.help') writeFailure(words, usageError(error));
  } else if (error instanceof XfdnnError && error.code !== 'internal') {
    setExitCode(error.code === 'usage' ? ExitCode.usage : ExitCode.error);
    writeFailure(words, error);
  } else {
    setExitCode(ExitCode.internal);
    writeFailure(words, { code: 'internal', message: internalMessage(error) });
  }
}

function internalMessage(error: unknown): string {
  const [message, stack] = error instanceof Error ? [error.message, error.stack] : [String(error), undefined];
  return `internal error: ${stack ?? message}`;
}

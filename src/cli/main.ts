import { Command, CommanderError } from 'commander';
import { XfdnnError } from '../error.js';
import { environment } from '../platform/index.js';
import { normaliseArguments } from './arguments.js';
import { addCheck } from './check.js';
import { addCompare } from './compare.js';
import { addInspect } from './inspect.js';
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
  addCheck(
    program.command('check').description('check a scaling file, by itself or against its network, and repair it'),
  );
  addRescale(
    program
      .command('rescale')
      .description('make new triples for another overlay or bit width from the same thresholds'),
  );
  addCompare(program.command('compare').description('show what moved between two scaling files, worst first'));
  return program;
}

/** `quantize`: the original script's name and flags. */
export function quantizeProgram(version: string): Command {
  return addQuantize(
    new Command('quantize').description('calibrate a network on images and write its scaling file').version(version),
  );
}

/** Runs a program; one line on stderr and exit code 2 for wrong usage, 1 for everything else that fails. */
export async function main(program: Command): Promise<void> {
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ outputError: (text, write) => write(oneLine(text)) });
  try {
    await program.parseAsync(normaliseArguments(environment.arguments()), { from: 'user' });
  } catch (error) {
    environment.setExitCode(exitCode(error));
    if (!(error instanceof CommanderError)) environment.writeError(`${messageOf(error)}\n`);
  }
}

/** The text on one line: Commander writes its suggestion on a second one. */
function oneLine(text: string): string {
  return `${text.trim().replace(/\s*\n\s*/g, ' ')}\n`;
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof XfdnnError && error.code === 'usage' ? 2 : 1;
}

function messageOf(error: unknown): string {
  if (error instanceof XfdnnError) return error.message;
  return error instanceof Error ? `internal error: ${error.stack ?? error.message}` : String(error);
}

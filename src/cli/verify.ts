import type { Command } from 'commander';
import { fail, visible } from '../error.js';
import { type VerifyFlags, type VerifyResult, verify } from '../jobs/verify.js';
import { type VerifyDumpsFlags, verifyDumps } from '../jobs/verify-dumps.js';
import { environment } from '../platform/index.js';
import { jsonTextWithInfinities } from '../report/json.js';
import { dumpsText, verifiedFileText } from '../report/verification.js';
import { number, pathOrAssignment, share, wholeNumber } from './arguments.js';
import {
  networkFlags,
  option,
  overlayOption,
  preprocessingFlags,
  quietOption,
  recursiveOption,
  skipBadImagesOption,
  threadsOption,
} from './flags.js';
import { openProgress, writeWarning } from './progress.js';

/** Adds the limits that make a verification a gate. */
export function gateFlags(command: Command): Command {
  return command
    .addOption(option('--min_sqnr <dB>', 'fail where a layer as deployed has less', number('min_sqnr')))
    .addOption(
      option(
        '--min_agreement <share>',
        'fail where fewer images keep their best class: 0.99 or 99%',
        share('min_agreement'),
      ),
    )
    .addOption(
      option(
        '--max_accuracy_drop <share>',
        'fail where top-1 accuracy falls by more: 0.005 or 0.5%',
        share('max_accuracy_drop'),
      ),
    );
}

/** Adds the flags and the action of `verify` to a command. */
export function addVerify(command: Command): Command {
  networkFlags(command)
    .addOption(option('--scaling <file>', 'the scaling file').makeOptionMandatory())
    .addOption(overlayOption('detected from the file'))
    .addOption(
      option(
        '--images <folder>',
        'images, or .npy arrays (H x W x C in [0,1]); NAME=FOLDER for each of several inputs',
        pathOrAssignment,
      ),
    )
    .addOption(
      option('--image_count <count>', 'only the first so many of them (default: all)', wholeNumber('image_count', 1)),
    )
    .addOption(recursiveOption())
    .addOption(skipBadImagesOption())
    .addOption(
      option(
        '--input <file>',
        "instead: the network's input as .npy, batch axis first; NAME=FILE for each of several",
        pathOrAssignment,
      ),
    )
    .addOption(option('--labels <file>', 'lines of "file class": accuracy too'))
    .addOption(
      option('--dumps <folder>', 'compare codes recorded elsewhere (name.npy or name@version.npy) with the emulation'),
    )
    .addOption(threadsOption())
    .addOption(option('--json', 'everything as JSON; infinite ratios as the words Infinity and -Infinity'))
    .addOption(quietOption());
  gateFlags(command);
  return preprocessingFlags(command).action(runVerify);
}

type Flags = VerifyFlags & { readonly dumps?: string; readonly json?: boolean; readonly quiet?: boolean };

async function runVerify({ json, quiet, dumps, ...flags }: Flags): Promise<void> {
  const progress = openProgress(quiet === true);
  const hooks = { progress: progress.report, warn: writeWarning };
  if (dumps !== undefined) {
    const result = await verifyDumps({ ...withoutGates(flags), dumps }, hooks).finally(progress.end);
    environment.writeOutput(json === true ? jsonTextWithInfinities(result) : dumpsText(result.dumps));
    if (result.firstDifference !== null) environment.setExitCode(1);
    return;
  }
  const result = await verify(flags, hooks).finally(progress.end);
  environment.writeOutput(json === true ? jsonTextWithInfinities(result) : verifiedFileText(result, flags.scaling));
  failWhereMissed(result);
}

/** Dumps are compared code by code: labels and limits make no sense beside them. */
function withoutGates({
  min_sqnr,
  min_agreement,
  max_accuracy_drop,
  labels,
  threads: _threads,
  ...flags
}: VerifyFlags): Omit<VerifyDumpsFlags, 'dumps'> {
  if ([min_sqnr, min_agreement, max_accuracy_drop, labels].some((flag) => flag !== undefined)) {
    fail(
      'usage',
      '--dumps',
      'expected no --labels, --min_sqnr, --min_agreement or --max_accuracy_drop beside it, got one.',
      'Verify without --dumps as well.',
    );
  }
  return flags;
}

/** Writes why gates were missed, and makes the process fail; does nothing where all were met. */
export function failWhereMissed({ missed }: VerifyResult): void {
  if (missed.length === 0) return;
  environment.writeError(`${missed.map(visible).join('\n')}\n`);
  environment.setExitCode(1);
}

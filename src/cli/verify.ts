import { type Command, Option } from 'commander';
import { fail } from '../error.js';
import { type VerifyOptions, type VerifyResult, verify } from '../jobs/verify.js';
import { type VerifyDumpsOptions, verifyDumps } from '../jobs/verify-dumps.js';
import { environment } from '../platform/index.js';
import { faultLines } from '../report/fault-lines.js';
import { dumpsText, verificationText } from '../report/verification.js';
import { number, oneOf, share, wholeNumber } from './arguments.js';
import { networkFlags, preprocessingFlags } from './flags.js';
import { openProgress, writeWarning } from './progress.js';

/** The limits that make a verification a gate. */
export function gateFlags(command: Command): Command {
  return command
    .addOption(new Option('--min_sqnr <dB>', 'fail where a layer as deployed has less').argParser(number('min_sqnr')))
    .addOption(
      new Option('--min_agreement <share>', 'fail where fewer images keep their best class: 0.99 or 99%').argParser(
        share('min_agreement'),
      ),
    )
    .addOption(
      new Option('--max_accuracy_drop <share>', 'fail where top-1 accuracy falls by more: 0.005 or 0.5%').argParser(
        share('max_accuracy_drop'),
      ),
    );
}

/** Adds the flags and the action of `verify` to a command. */
export function addVerify(command: Command): Command {
  networkFlags(command);
  command
    .addOption(new Option('--scaling <file>', 'the scaling file').makeOptionMandatory())
    .addOption(
      new Option('--overlay <version>', 'v2 or v3 (default: detected from the file)').argParser(
        oneOf('overlay', ['v2', 'v3']),
      ),
    )
    .addOption(new Option('--images <folder>', 'images, or .npy arrays (H x W x C in [0,1])'))
    .addOption(
      new Option('--image_count <count>', 'only the first so many of them (default: all)').argParser(
        wholeNumber('image_count', 1),
      ),
    )
    .addOption(new Option('--input <file>', "instead: the network's input as .npy, batch axis first"))
    .addOption(new Option('--labels <file>', 'lines of "file class": accuracy too'))
    .addOption(
      new Option(
        '--dumps <folder>',
        'compare codes recorded elsewhere (name.npy or name@version.npy) with the emulation',
      ),
    )
    .addOption(
      new Option('--threads <count>', 'worker threads (default: all cores)').argParser(wholeNumber('threads', 1)),
    )
    .addOption(new Option('--json', 'everything as JSON; infinite ratios as the words Infinity and -Infinity'))
    .addOption(new Option('--quiet', 'no progress on stderr'));
  gateFlags(command);
  return preprocessingFlags(command).action(runVerify);
}

type Flags = VerifyOptions & { readonly dumps?: string; readonly json?: boolean; readonly quiet?: boolean };

async function runVerify({ json, quiet, dumps, ...options }: Flags): Promise<void> {
  const progress = openProgress(quiet === true);
  const hooks = { progress: progress.report, warn: writeWarning };
  if (dumps !== undefined) {
    const result = await verifyDumps({ ...withoutGates(options), dumps }, hooks).finally(progress.end);
    environment.writeOutput(json === true ? asJson(result) : dumpsText(result.dumps));
    if (result.firstDifference !== null) environment.setExitCode(1);
    return;
  }
  const result = await verify(options, hooks).finally(progress.end);
  environment.writeOutput(json === true ? asJson(result) : verifyText(result, options.scaling));
  failWhereMissed(result);
}

/** Dumps are compared code by code: labels and limits make no sense beside them. */
function withoutGates({
  min_sqnr,
  min_agreement,
  max_accuracy_drop,
  labels,
  threads: _threads,
  ...options
}: VerifyOptions): Omit<VerifyDumpsOptions, 'dumps'> {
  if ([min_sqnr, min_agreement, max_accuracy_drop, labels].some((flag) => flag !== undefined)) {
    fail(
      'usage',
      '--dumps',
      'expected no --labels, --min_sqnr, --min_agreement or --max_accuracy_drop beside it, got one.',
      'Verify without --dumps as well.',
    );
  }
  return options;
}

/** What `verify` prints. */
export function verifyText(result: VerifyResult, file: string): string {
  return [...faultLines(result.faults, file), verificationText(result)].join('\n');
}

/** Tells why a gate was missed, and makes the process fail. */
export function failWhereMissed({ missed }: VerifyResult): void {
  if (missed.length === 0) return;
  environment.writeError(`${missed.join('\n')}\n`);
  environment.setExitCode(1);
}

/** JSON has no infinity. */
function asJson(result: unknown): string {
  return `${JSON.stringify(result, (_key, value: unknown) => (value === Infinity || value === -Infinity ? String(value) : value), 2)}\n`;
}

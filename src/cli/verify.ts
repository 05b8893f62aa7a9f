import type { Command, Option } from 'commander';
import { fail } from '../error.js';
import { runsAfterVerify } from '../jobs/next-runs.js';
import { type VerifyFlags, type VerifyResult, verify } from '../jobs/verify.js';
import { type VerifyDumpsFlags, verifyDumps } from '../jobs/verify-dumps.js';
import { environment } from '../platform/index.js';
import { rescaledNote } from '../report/calibration-warnings.js';
import { dumpsSummary } from '../report/dumps-summary.js';
import { jsonTextWithInfinities } from '../report/json.js';
import { nextCommands } from '../report/next-commands.js';
import { verificationSummary } from '../report/summary.js';
import { failureSummary, SUMMARY_FORMS, type SummaryForm } from '../report/summary-forms.js';
import { dumpsText, verifiedFileText } from '../report/verification.js';
import { isRescaling } from '../scaling-file/grid-mismatches.js';
import { listed, number, oneOf, pathOrAssignment, share } from './arguments.js';
import { ExitCode, setExitCode } from './exit-code.js';
import {
  examples,
  imagesFlags,
  networkFlags,
  overlayOption,
  preprocessingFlags,
  recordedOption,
  reportOption,
  threadsOption,
} from './flags.js';
import { option } from './option.js';
import { jobFlags, type Output, type OutputFlags, openOutput, outputFlags, refuseBeside } from './output.js';

/** Adds the limits that make a verification a gate, but those on accuracy, which take labels. */
export function gateFlags(command: Command): Command {
  return command
    .optionsGroup('Gates (exit code 3 where one is missed):')
    .addOption(option('--min_sqnr <dB>', 'fail where a layer as deployed has less', number('min_sqnr')))
    .addOption(
      option(
        '--min_agreement <share>',
        'fail where fewer images keep their best class: 0.99 or 99%',
        share('min_agreement'),
      ),
    );
}

/** `--max_accuracy_drop`. */
export function accuracyGate(): Option {
  return option(
    '--max_accuracy_drop <share>',
    'fail where top-1 accuracy falls by more: 0.005 or 0.5%',
    share('max_accuracy_drop'),
  );
}

/** Adds the flags and the action of `verify` to a command. */
export function addVerify(command: Command): Command {
  networkFlags(command)
    .optionsGroup('Verify:')
    .addOption(option('--scaling <file>', '(required) the scaling file').makeOptionMandatory())
    .addOption(recordedOption())
    .addOption(overlayOption('detected from the file'))
    .addOption(option('--labels <file>', 'lines of "file class": accuracy too'))
    .addOption(
      option('--dumps <folder>', 'compare codes recorded elsewhere (name.npy or name@version.npy) with the emulation'),
    )
    .addOption(reportOption())
    .addOption(threadsOption())
    .addOption(
      option(
        '--summary <form>',
        `in place of the table: ${listed(SUMMARY_FORMS)} (annotations), for a pull request or a CI job`,
        oneOf('summary', SUMMARY_FORMS),
      ),
    );
  imagesFlags(command).addOption(
    option(
      '--input <file>',
      "in place of images: the network's input as .npy, batch axis first; NAME=FILE for each of several",
      pathOrAssignment,
    ),
  );
  gateFlags(command)
    .addOption(accuracyGate())
    .addOption(
      option(
        '--expect_accuracy <share>',
        'fail where top-1 accuracy in float is far below: 0.89 or 89%',
        share('expect_accuracy'),
      ),
    );
  examples(preprocessingFlags(command), [
    'xfdnn verify --deploy_model net.prototxt --weights net.caffemodel --scaling net.json --images photos',
    'xfdnn verify --deploy_model net.pb --scaling net.json --images photos --labels labels.txt --max_accuracy_drop 1%',
  ]);
  return outputFlags(command).action(runVerify);
}

type Flags = VerifyFlags & OutputFlags & { readonly dumps?: string; readonly summary?: SummaryForm };

/** The flags of the gates, in the order of their help. */
const GATES = ['min_sqnr', 'min_agreement', 'max_accuracy_drop', 'expect_accuracy'] as const;

async function runVerify(flags: Flags): Promise<void> {
  const { summary, scaling } = flags;
  const output = openOutput(flags);
  if (summary !== undefined) refuseBeside('--summary', { '--json': flags.json });
  const job = flags.dumps === undefined ? verifyFile(flags, output) : compareDumps(flags, flags.dumps, output);
  await job.catch((error: Error) => {
    // A job that reads the summary alone is to see why it holds no figures.
    if (summary !== undefined) environment.writeOutput(failureSummary(summary, error, scaling));
    throw error;
  });
}

async function compareDumps({ dumps: _dumps, summary, ...flags }: Flags, dumps: string, output: Output): Promise<void> {
  const result = await output.run('images', (hooks) => verifyDumps({ ...withoutGates(jobFlags(flags)), dumps }, hooks));
  const text = (): string =>
    summary === undefined ? dumpsText(result.dumps, output.style) : dumpsSummary(summary, result, flags.scaling);
  output.result(result, text, jsonTextWithInfinities);
  if (result.firstDifference !== null) setExitCode(ExitCode.found);
}

async function verifyFile({ dumps: _dumps, summary, ...flags }: Flags, output: Output): Promise<void> {
  const jobs = jobFlags(flags);
  const result = await output.run('images', (hooks) => verify(jobs, hooks));
  const rescaled = result.faults.filter(isRescaling).length;
  if (rescaled > 0) output.note(rescaledNote(rescaled));
  const gates = GATES.filter((gate) => jobs[gate] !== undefined).map((gate) => `--${gate}`);
  const text = (): string =>
    summary === undefined
      ? verifiedFileText(result, flags.scaling, output.style, nextCommands(result.verdict, runsAfterVerify(jobs)))
      : verificationSummary(summary, result, flags.scaling, gates);
  output.result(result, text, jsonTextWithInfinities);
  failWhereMissed(result, output);
}

/** Dumps are compared code by code: labels and limits make no sense beside them. */
function withoutGates({
  min_sqnr,
  min_agreement,
  max_accuracy_drop,
  expect_accuracy,
  labels,
  report,
  threads: _threads,
  ...flags
}: VerifyFlags): Omit<VerifyDumpsFlags, 'dumps'> {
  const beside = [min_sqnr, min_agreement, max_accuracy_drop, expect_accuracy, labels, report];
  if (beside.some((flag) => flag !== undefined)) {
    fail(
      'usage',
      '--dumps',
      'expected no --labels and no gate such as --min_sqnr beside it, and no --report; got one.',
      'Verify without --dumps as well.',
    );
  }
  return flags;
}

/** Writes why gates were missed, and makes the process fail; does nothing where all were met. */
export function failWhereMissed({ missed }: VerifyResult, output: Output): void {
  if (missed.length === 0) return;
  for (const line of missed) output.warn(line);
  setExitCode(ExitCode.found);
}

import { originsOf, reportText } from '../../src/jobs/html-report.js';
import { measureEntries } from '../../src/jobs/verify.js';
import { sha256 } from '../../src/platform/index.js';
import { networkNodes } from '../../src/report/html/network-nodes.js';
import type { NetworkNode } from '../../src/report/html/report-data.js';
import { type Fault, isFault } from '../../src/scaling-file/fault.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';
import type { Verification } from '../../src/verification/verification.js';
import { judgedImages, type Labelled, labelsOf } from './judged.js';
import { expectResult, presentEntries, session } from './session.js';
import type { CallHooks } from './wire.js';

/** A verification as the page shows it. */
export interface VerificationView extends Verification {
  readonly verdict: Verdict;
  readonly network: readonly NetworkNode[];
  /** Findings about the file and the network, and warnings. */
  readonly lines: readonly string[];
}

/** Verifies the last calibration, with the thresholds as they are now. Throws as `verify`. */
export async function verify(
  { labels: file, ...judged }: Labelled,
  { progress, signal }: CallHooks,
): Promise<VerificationView> {
  const { graph, overlay, flags } = expectResult();
  const entries = presentEntries();
  const lines: string[] = [];
  const warn = (line: string): void => void lines.push(line);
  const { source, names } = await judgedImages(judged, warn);
  const labels = await labelsOf(file, names);
  const options = { overlay, calibrator: flags.calibrator, labels };
  const { result, measured } = await measureEntries(graph, entries, source, options, { progress, signal, warn });
  const { folder } = judged;
  session.verified = { measured, verdict: result.verdict, source, names, origins: { images: folder, labels: file } };
  const { verdict, faults, images: count, layers, agreement, accuracy } = result;
  lines.push(...faults.map(sentenceOf));
  return { images: count, layers, agreement, accuracy, verdict, network: networkNodes(graph, layers), lines };
}

const sentenceOf = (fault: Fault): string =>
  `${isFault(fault) ? 'Fault' : 'Note'}: “${fault.entry}”, ${fault.key}: ${fault.message}`;

/** The report of the last verification as one HTML file. */
export async function report(): Promise<string> {
  const { verified } = session;
  if (verified === undefined) throw new Error('there is no verification to report');
  const { flags } = expectResult();
  const { deploy_model, weights } = flags;
  const scaling = new TextEncoder().encode(formatScaling(presentEntries()));
  const { images, labels } = verified.origins;
  const origins = await originsOf(flags, { deploy_model, weights }, [
    { name: 'scaling file', value: `SHA-256 ${await sha256(scaling)}` },
    ...(images === undefined ? [] : [{ name: 'images', value: images }]),
    ...(labels === undefined ? [] : [{ name: 'labels', value: `${labels}, SHA-256 ${await sha256(labels)}` }]),
  ]);
  return reportText({ command: 'verify', commands: [], ...verified, origins });
}

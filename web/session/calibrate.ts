import { quantize } from '../../src/jobs/quantize.js';
import type { QuantizeFlags } from '../../src/jobs/quantize-flags.js';
import { readFile } from '../../src/platform/index.js';
import type { OverlayName, ScalingEntry } from '../../src/scaling/index.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';
import { jobHooks } from './job-hooks.js';
import { forgetResult, session } from './session.js';
import type { CallHooks } from './wire.js';

/** A calibration as the page shows it. */
export interface CalibrationView {
  readonly overlay: OverlayName;
  readonly entries: readonly ScalingEntry[];
  /** The text of the scaling file, and that of the manifest. */
  readonly scaling: string;
  readonly manifest: string;
  /** The verdict of the quick look. */
  readonly verdict: Verdict | undefined;
  /** Names of the images. */
  readonly images: readonly string[];
  /** Warnings and notes of the job. */
  readonly lines: readonly string[];
}

/** Runs `quantize` on the mounted files. Throws as it does. */
export async function calibrate(
  flags: QuantizeFlags & { readonly manifest: string },
  hooks: CallHooks,
): Promise<CalibrationView> {
  await forgetResult();
  session.network = undefined;
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const result = await quantize(flags, { ...jobHooks(hooks), warn: say, note: say });
  const { graph, overlay, entries, verdict, files, source } = result;
  session.result = { graph, overlay, entries, files, source, flags };
  const [scaling, manifest] = [await fileText(result.output), await fileText(flags.manifest)];
  return { overlay, entries, scaling, manifest, verdict, images: files.names, lines };
}

/** The text of a mounted file. Throws `file`. */
async function fileText(path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(path));
}

import type {
  AdvisedRow,
  AdviseResult,
  CheckResult,
  CompareResult,
  ErrorCode,
  ExportResult,
  Inspection,
  QuantizeResult,
  RescaleResult,
  RunResult,
  SensitivityResult,
  VerifyDumpsResult,
  VerifyResult,
} from '../../src/index.js';
import type { TracedPixel } from '../../src/jobs/board-traces.js';
import type { Finding } from '../../src/jobs/doctor.js';
import type { QuantizationPlan } from '../../src/jobs/dry-run.js';
import type { InspectedPlan } from '../../src/jobs/inspect-plan.js';
import type { KitDescription } from '../../src/jobs/kit-description.js';

// What each command prints with --json, as a type. `npm run docs:schemas` makes docs/schemas/ of them.

export type Quantize = Omit<QuantizeResult, 'network' | 'graph' | 'source'> & {
  readonly framework: 'caffe' | 'tensorflow';
  /** The result of --verify. */
  readonly verification: VerifyResult | null;
};
export type QuantizeDryRun = QuantizationPlan;
export type Verify = VerifyResult;
export type VerifyDumps = VerifyDumpsResult;
export type Run = RunResult;
export type Inspect = Inspection;
export type InspectPlan = InspectedPlan;
export type Check = CheckResult;
export type Compare = CompareResult;
export type Rescale = RescaleResult;
export type Sensitivity = SensitivityResult;
type Row = Omit<AdvisedRow, 'seconds'>;
export type Advise = Omit<AdviseResult, 'rows' | 'best'> & {
  readonly rows: readonly Row[];
  readonly best: readonly Row[];
};
export interface Doctor {
  readonly findings: readonly Finding[];
}
export type Export = ExportResult;

/** What every command prints with --json where it fails. */
export interface Failure {
  readonly error: {
    /** Of the package, or of the command line's parser (`commander.` and a word). */
    readonly code: ErrorCode | string;
    readonly message: string;
    readonly where: string;
    readonly detail: string;
    readonly hint: string;
  };
}

interface RecordedFile {
  readonly file: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string | null;
}

/** What `quantize --manifest` writes. */
export interface Manifest {
  /** The version of this package. */
  readonly version: string;
  /** The flags as given. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** The values of defaults. */
  readonly resolved: Readonly<Record<string, unknown>>;
  readonly calibration_seed: number | null;
  readonly model: RecordedFile | null;
  readonly weights: RecordedFile | null;
  readonly images: readonly (RecordedFile & { readonly index: number; readonly input?: string })[];
  readonly output: { readonly file: string; readonly sha256: string };
}

/** `network.json` of `export`. */
export type KitNetwork = KitDescription;

/** `traces.json` of `export`. */
export interface KitTraces {
  readonly traces: readonly TracedPixel[];
}

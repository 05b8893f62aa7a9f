import type { QuantizeFlags } from '../../src/jobs/quantize-flags.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';
import type { CalibrationView } from '../session/calibrate.js';
import type { NetworkView } from '../session/inspect.js';
import type { LiveView } from '../session/live.js';
import type { PreviewView } from '../session/preview.js';
import type { VerificationView } from '../session/verify.js';
import type { Progress } from '../session/wire.js';

/** What the page's fields set: flags of `quantize` without those that name files. */
export type Settings = Omit<
  QuantizeFlags,
  | 'deploy_model'
  | 'weights'
  | 'calibration_directory'
  | 'output_json'
  | 'manifest'
  | 'report'
  | 'preview'
  | 'threads'
  | 'memory'
>;

/** The files that were chosen, by their path. */
export interface Files {
  readonly all: ReadonlyMap<string, Blob>;
  /** The prototxt or the frozen graph. */
  readonly model: string | undefined;
  readonly weights: string | undefined;
  /** The classes of the images that are verified. */
  readonly labels: string | undefined;
  /** Those that are calibrated on: of one folder, in the order of their names. */
  readonly images: readonly string[];
  /** Those that are verified; none: those that are calibrated on. In the order of their names. */
  readonly judged: readonly string[];
}

/** What images are for. */
export type Purpose = 'calibration' | 'verification';

/** Files that can be cleared. */
export type ClearedFiles = 'images' | 'judged' | 'labels';

/** Work that is going on. */
interface Task {
  readonly title: string;
  readonly progress: Progress | undefined;
}

/** A calibration with the flags that it is of. */
export interface Calibration extends CalibrationView {
  readonly flags: QuantizeFlags;
}

/** A live emulation as it is now. */
export interface Live extends LiveView {
  /** The method that found the thresholds, without its figure. */
  readonly calibrator: string;
  /** As it was after the calibration. */
  readonly opened: LiveView;
  /** Thresholds that were set by hand, by blob; the emulation may be a moment behind them. */
  readonly wanted: Readonly<Record<string, number>>;
  /** The classes of its images; undefined where no labels are known. */
  readonly labels: readonly number[] | undefined;
  /** The scaling file with them; undefined while it is that of the calibration. */
  readonly file: ScalingFile | undefined;
}

/** A scaling file as entries and as text. */
export interface ScalingFile {
  readonly entries: readonly ScalingEntry[];
  readonly scaling: string;
}

/** A result that others are compared with. */
export interface Kept {
  /** The files of its network. */
  readonly network: readonly (Blob | undefined)[];
  readonly flags: QuantizeFlags;
  readonly entries: readonly ScalingEntry[];
  readonly verdict: Verdict | undefined;
  /** Of a verification with labels; null without, undefined where there was no verification. */
  readonly accuracy: VerificationView['accuracy'] | undefined;
  /** Whether the verdict is of a verification, not of the quick look. */
  readonly isVerified: boolean;
  /** Thresholds that were set by hand. */
  readonly edited: number;
}

/** The views of the results. */
export type View = 'network' | 'input' | 'thresholds' | 'verification' | 'compare';

/** What the page shows. */
export interface State {
  readonly files: Files;
  /** What images that come are for. */
  readonly purpose: Purpose;
  readonly settings: Settings;
  readonly task: Task | undefined;
  /** What went wrong, one sentence or more each. */
  readonly problems: readonly string[];
  readonly network: NetworkView | undefined;
  readonly preview: PreviewView | undefined;
  /** The image that the preview is of. */
  readonly previewed: string | undefined;
  readonly calibration: Calibration | undefined;
  readonly live: Live | undefined;
  readonly verification: VerificationView | undefined;
  readonly kept: Kept | undefined;
  readonly view: View;
}

export const NO_FILES: Files = {
  all: new Map(),
  model: undefined,
  weights: undefined,
  labels: undefined,
  images: [],
  judged: [],
};

export const INITIAL: State = {
  files: NO_FILES,
  purpose: 'calibration',
  settings: {},
  task: undefined,
  problems: [],
  network: undefined,
  preview: undefined,
  previewed: undefined,
  calibration: undefined,
  live: undefined,
  verification: undefined,
  kept: undefined,
  view: 'network',
};

import type { ThresholdDetails } from '../calibration/thresholds/curve.js';

/** Callbacks of a long job. */
export interface JobHooks {
  /** Called as the job advances: `done` of `total` steps are finished, `label` names the current one. */
  readonly progress?: (done: number, total: number, label: string) => void;
  /** Called with how each threshold of activations was found. Where it is absent, nothing is counted for it. */
  readonly threshold?: (details: ThresholdDetails) => void;
  /** Called with each warning, one line of text without an end of line. */
  readonly warn?: (line: string) => void;
  /** Called with each line about what is normal, such as what enters the network. */
  readonly note?: (line: string) => void;
}

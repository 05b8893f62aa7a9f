import type { ThresholdDetails } from '../calibration/thresholds/curve.js';

/** Callbacks of a long job, and what ends it early. */
export interface JobHooks {
  /**
   * Once it is aborted, the job rejects with its reason, at the latest when the layer that is being computed is done. Workers that were
   * busy are ended, and no file is left half-written.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called as the job advances: `done` of `total` steps are finished, `label` names the current one. */
  readonly progress?: (done: number, total: number, label: string) => void;
  /** Called as the files of a network are read: `done` of the `total` bytes of all of them are there, `file` names the current one. */
  readonly load?: (done: number, total: number, file: string) => void;
  /** Called as `calibrate` and `quantize` read and decode images: `done` of `total` are ready. */
  readonly images?: (done: number, total: number) => void;
  /** Called with how each threshold of activations was found. Where it is absent, nothing is counted for it. */
  readonly threshold?: (details: ThresholdDetails) => void;
  /** Called with each warning, one line of text without an end of line. */
  readonly warn?: (line: string) => void;
  /** Called with each line about what is normal, such as what enters the network. */
  readonly note?: (line: string) => void;
}

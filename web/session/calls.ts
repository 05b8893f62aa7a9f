import { calibrate } from './calibrate.js';
import { inspect } from './inspect.js';
import { labels } from './judged.js';
import { openLive, presentFile, resetThresholds, setThreshold } from './live.js';
import { forget, mount } from './mount.js';
import { preview } from './preview.js';
import { recognise } from './recognise.js';
import { restore } from './restore.js';
import { report, verify } from './verify.js';

/** What a page can ask of the session, by name. */
export const calls = {
  mount,
  forget,
  recognise,
  inspect,
  preview,
  calibrate,
  restore,
  openLive,
  labels,
  setThreshold,
  resetThresholds,
  presentFile,
  verify,
  report,
};

/** The types of {@link calls}. */
export type Calls = typeof calls;

import { environment } from '../platform/index.js';

/** What the exit code of a command means. */
export const ExitCode = {
  /** A file, a network or data that cannot be used. */
  error: 1,
  /** Flags or arguments that contradict each other, or that a command does not have. */
  usage: 2,
  /** The work is done and found something: a gate that is missed, a fault, a difference, a layer that cannot be run. */
  found: 3,
  /** A fault of this program. */
  internal: 4,
} as const;

/** Ends the process with a code once its work is done. */
export function setExitCode(code: (typeof ExitCode)[keyof typeof ExitCode]): void {
  environment.setExitCode(code);
}

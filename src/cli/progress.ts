import { visible } from '../error.js';
import { environment } from '../platform/index.js';

/** The display of a long job. */
export interface Progress {
  /** Shows that `done` of `total` steps are finished; `label` names the current one. */
  report(done: number, total: number, label: string): void;
  /** Ends the display. */
  end(): void;
}

/** How progress is shown. */
export interface ProgressOptions {
  /** Whether nothing is shown. */
  readonly quiet: boolean;
  /** Whether each line is a JSON object. */
  readonly json: boolean;
  /** What is counted: `images`, `layers`. */
  readonly unit: string;
}

const silent: Progress = { report: () => undefined, end: () => undefined };

/**
 * One line that rewrites itself on a terminal; elsewhere, and where `TERM` is `dumb`, a line each tenth; nothing with
 * `quiet`. All on stderr, with rate and time left.
 */
export function openProgress({ quiet, json, unit }: ProgressOptions): Progress {
  if (quiet) return silent;
  if (json)
    return tenths((step) => environment.writeError(`${JSON.stringify({ level: 'progress', ...step, unit })}\n`));
  const isTerminal = environment.errorIsTerminal() && environment.variable('TERM') !== 'dumb';
  return isTerminal ? terminalProgress(unit) : tenths((step) => environment.writeError(`${sentence(step, unit)}\n`));
}

/** A moment of a job. */
interface Step {
  readonly done: number;
  readonly total: number;
  readonly label: string;
  /** Seconds since the beginning. */
  readonly seconds: number;
}

/** `50 % conv5: 16 of 32 layers, 4.1 layers/s, 4 s left`. */
function sentence({ done, total, label, seconds }: Step, unit: string): string {
  const rate = done / Math.max(seconds, 0.001);
  const left = done === 0 ? '' : `, ${rate.toFixed(1)} ${unit}/s, ${Math.ceil((total - done) / rate)} s left`;
  return `${Math.floor((100 * done) / total)} % ${visible(label)}: ${done} of ${total} ${unit}${left}`;
}

function terminalProgress(unit: string): Progress {
  const begin = Date.now();
  let shown = 0;
  return {
    report(done, total, label) {
      const now = Date.now();
      if (now - shown < 100 && done < total) return;
      shown = now;
      const line = sentence({ done, total, label, seconds: (now - begin) / 1000 }, unit);
      // A line that the terminal breaks is not rewritten as a whole.
      environment.writeError(`\r\x1b[K${line.slice(0, environment.errorColumns() - 1)}`);
    },
    end: () => environment.writeError('\r\x1b[K'),
  };
}

function tenths(write: (step: Step) => void): Progress {
  const begin = Date.now();
  let last = 0;
  return {
    report(done, total, label) {
      const reached = Math.floor((10 * done) / total);
      if (reached <= last) return;
      last = reached;
      write({ done, total, label, seconds: (Date.now() - begin) / 1000 });
    },
    end: () => undefined,
  };
}

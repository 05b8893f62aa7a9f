import { visible } from '../error.js';
import { environment } from '../platform/index.js';

/** The display of a long job. */
export interface Progress {
  /** Shows that `done` of `total` steps are finished; `label` names the current one. */
  report(done: number, total: number, label: string): void;
  /** Ends the display. */
  end(): void;
}

const silent: Progress = { report: () => undefined, end: () => undefined };

/** One line that rewrites itself on a terminal; elsewhere a plain line each tenth; nothing with `quiet`. All on stderr. */
export function openProgress(quiet: boolean): Progress {
  if (quiet) return silent;
  return environment.errorIsTerminal() ? terminalProgress() : plainProgress();
}

function terminalProgress(): Progress {
  const begin = Date.now();
  let shown = 0;
  return {
    report(done, total, label) {
      const now = Date.now();
      if (now - shown < 100 && done < total) return;
      shown = now;
      const seconds = (now - begin) / 1000;
      const rate = done / Math.max(seconds, 0.001);
      const left = done === 0 ? '' : `, ${rate.toFixed(1)}/s, ${Math.ceil((total - done) / rate)} s left`;
      environment.writeError(`\r\x1b[K${Math.floor((100 * done) / total)} % ${visible(label)}${left}`);
    },
    end: () => environment.writeError('\r\x1b[K'),
  };
}

function plainProgress(): Progress {
  let tenths = 0;
  return {
    report(done, total, label) {
      const reached = Math.floor((10 * done) / total);
      if (reached <= tenths) return;
      tenths = reached;
      environment.writeError(`${reached * 10} % ${visible(label)}\n`);
    },
    end: () => undefined,
  };
}

/** A warning, on a line of its own on stderr. */
export function writeWarning(line: string): void {
  environment.writeError(`${environment.errorIsTerminal() ? '\r\x1b[K' : ''}${visible(line)}\n`);
}

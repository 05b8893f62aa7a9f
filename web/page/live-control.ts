import type { LiveUpdate } from '../../src/verification/live/live-results.js';
import type { LiveView } from '../session/live.js';
import type { SessionClient } from './session-client.js';
import type { Live, ScalingFile } from './state.js';

/** Sends thresholds to the live emulation, one at a time: of those that come meanwhile the last of each blob is sent. */
export class LiveControl {
  private readonly waiting = new Map<string, number>();
  private isBusy = false;

  /**
   * @param ready resolves once the session has the emulation
   * @param take called with each result, and once nothing is waiting with the file
   */
  constructor(
    private readonly session: SessionClient,
    private readonly ready: () => Promise<void>,
    private readonly take: (update: LiveUpdate | ScalingFile) => void,
  ) {}

  async set(blob: string, threshold: number): Promise<void> {
    this.waiting.set(blob, threshold);
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await this.ready();
      while (this.waiting.size > 0) await this.sendFirst();
      this.take(await this.session.ask('presentFile', undefined));
    } finally {
      this.isBusy = false;
      this.waiting.clear();
    }
  }

  private async sendFirst(): Promise<void> {
    for (const [blob, threshold] of this.waiting) {
      this.waiting.delete(blob);
      return this.take(await this.session.ask('setThreshold', { blob, threshold }));
    }
  }
}

/** A live emulation that was just opened. */
export const liveOf = (view: LiveView, calibrator: string): Live => ({
  ...view,
  calibrator,
  opened: view,
  wanted: {},
  labels: undefined,
  file: undefined,
});

/** A live emulation after a change: the layers that were computed again replace those before. */
export function updated(live: Live, change: LiveUpdate | ScalingFile): Live {
  if ('scaling' in change) return { ...live, file: change };
  const fresh = new Map(change.layers.map((layer) => [layer.blob, layer]));
  return { ...live, ...change, layers: live.layers.map((layer) => fresh.get(layer.blob) ?? layer) };
}

/** How many values have another threshold than after the calibration. */
export const editedCount = (live: Live | undefined): number =>
  live === undefined ? 0 : live.layers.filter((layer) => isEdited(live, layer)).length;

/** Whether a layer has another threshold than after the calibration. */
export const isEdited = ({ ranges }: Live, { blob, threshold }: Live['layers'][number]): boolean =>
  threshold !== null && ranges[blob] !== undefined && ranges[blob].threshold !== threshold;

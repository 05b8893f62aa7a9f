import { DEFAULT_CALIBRATOR } from '../../src/calibration/thresholds/index.js';
import type { LiveUpdate } from '../../src/verification/live/live-results.js';
import type { Progress } from '../session/wire.js';
import type { GivenFile } from './dropped-files.js';
import { exampleFiles } from './example.js';
import { isSameCalibration, judgedFolder, networkFiles, takeFiles, without } from './files.js';
import { inspectFlags, NETWORK_FIELDS, quantizeFlags } from './flags.js';
import { editedCount, LiveControl, liveOf, updated } from './live-control.js';
import { Cancelled, type SessionClient } from './session-client.js';
import {
  type ClearedFiles,
  type Files,
  INITIAL,
  type Kept,
  NO_FILES,
  type Purpose,
  type ScalingFile,
  type Settings,
  type State,
  type View,
} from './state.js';

/** The title of the task during which more files are taken. */
const READING = 'Reading the files';
/** Milliseconds without another change after which a preview is made anew. */
const PREVIEW_MS = 150;
/** Multiply-accumulates of one image from which a network is large. */
const LARGE = 2e8;

/** What the page can do. Each action changes the state; nothing throws. */
export class Lab {
  private current = INITIAL;
  private readonly listeners = new Set<() => void>();
  private previewTimer = 0;
  /** Whether a field that says which network it is was changed since the network was read. */
  private isUnread = false;
  /** The worker that knows the calibration. */
  private epoch = -1;

  /** Files that were given while others were read, and what their images are for. */
  private readonly waiting: { readonly given: readonly GivenFile[]; readonly purpose: Purpose }[] = [];

  private readonly live: LiveControl;

  constructor(private readonly session: SessionClient) {
    this.live = new LiveControl(
      session,
      async () => void (await this.resume()),
      (update) => this.takeUpdate(update),
    );
  }

  get state(): State {
    return this.current;
  }

  /** Calls `listener` after each change. Returns a function that ends it. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Takes files beside those that are there; a network, weights or labels replace those before them. Those that come while others are read
   * follow them.
   */
  async addFiles(given: readonly GivenFile[]): Promise<void> {
    const { task, purpose } = this.current;
    if (task !== undefined && task.title !== READING)
      return this.set({ problems: [`${task.title} is going on: wait or cancel it, then drop the files again.`] });
    if (given.length === 0) return this.set({ problems: ['There is no file in what was given.'] });
    this.waiting.push({ given, purpose });
    return this.run(READING, async (progress) => {
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
        const { given: some, purpose: of } = next;
        await this.guarded(async () => {
          const { files, refused } = await takeFiles(this.session, this.current.files, some, of);
          this.set({ problems: [...this.current.problems, ...refused] });
          await this.take(files, progress);
        });
      }
    });
  }

  /** Takes files of one kind away; the others stay. */
  clear(kind: ClearedFiles): Promise<void> {
    return this.run('Clearing files', async (progress) => {
      const files = without(this.current.files, kind);
      await this.session.mount(files.all);
      await this.take(files, progress);
    });
  }

  /** Says what images that come are for. */
  setPurpose(purpose: Purpose): void {
    this.set({ purpose });
  }

  /** Reads the network that was chosen. */
  readNetwork(): Promise<void> {
    return this.run('Reading the network', (progress) => this.read(progress));
  }

  /** Takes the example in place of all files. */
  loadExample(): Promise<void> {
    return this.run('Loading the example', async (progress) => {
      const given = [...(await exampleFiles())].map(([path, blob]) => ({ path, blob }));
      const { files } = await takeFiles(this.session, NO_FILES, given, 'calibration');
      const { task, kept } = this.current;
      this.set({ ...INITIAL, task, kept, files });
      await this.read(progress);
    });
  }

  /** Changes fields; `undefined` is the default. */
  change(settings: Settings): void {
    this.set({ settings: { ...this.current.settings, ...settings } });
    if (!NETWORK_FIELDS.some((field) => field in settings)) return this.previewSoon();
    this.isUnread = true;
    void this.readNetwork();
  }

  /** Shows the preprocessing of another image. */
  showImage(path: string): void {
    this.set({ previewed: path });
    this.previewSoon();
  }

  calibrate(): Promise<void> {
    return this.run('Calibrating', async (progress) => {
      const { files, settings } = this.current;
      const flags = quantizeFlags(files, settings);
      // The session forgets the calibration before; where this one is given up, that one is taken up again when it is needed.
      this.epoch = -1;
      const view = await this.session.ask('calibrate', flags, progress);
      this.epoch = this.session.epoch;
      this.set({ calibration: { ...view, flags }, verification: undefined, live: undefined, view: 'thresholds' });
      await this.openLive(progress);
    });
  }

  /** Gives a blob another threshold. */
  setThreshold(blob: string, threshold: number): void {
    const { live } = this.current;
    if (live === undefined) return;
    this.set({ live: { ...live, wanted: { ...live.wanted, [blob]: threshold } } });
    void this.guarded(() => this.live.set(blob, threshold));
  }

  /** Goes back to the thresholds of the calibration. */
  resetThresholds(): Promise<void> {
    return this.guarded(async () => {
      await this.resume();
      const update = await this.session.ask('resetThresholds', {});
      const { live } = this.current;
      if (live !== undefined) this.set({ live: { ...live, wanted: {}, file: undefined } });
      this.takeUpdate(update);
    });
  }

  /** Opens the live emulation anew, where a worker started anew or none was opened. */
  reopenLive(): Promise<void> {
    return this.run('Emulating', async (progress) => {
      await this.resume(progress);
      await this.openLive(progress);
    });
  }

  /** Changes fields and calibrates at once. */
  tryOut(settings: Settings): Promise<void> {
    this.change(settings);
    return this.calibrate();
  }

  /** Verifies the present file on the first images to verify with, or of the calibration where there are none. */
  verify(images: number): Promise<void> {
    return this.run('Verifying', async (progress) => {
      await this.resume(progress);
      const { files } = this.current;
      const judged = { images, folder: judgedFolder(files), labels: files.labels };
      this.set({ verification: await this.session.ask('verify', judged, progress) });
    });
  }

  /** Makes the report of the last verification. */
  report(take: (text: string) => void): Promise<void> {
    return this.run('Writing the report', async () => take(await this.session.ask('report', undefined)));
  }

  /** The present result; undefined where there is none. */
  present(): Kept | undefined {
    const { calibration, verification, live } = this.current;
    if (calibration === undefined) return undefined;
    const { flags } = calibration;
    const entries = live?.file?.entries ?? calibration.entries;
    const judged = live?.file === undefined ? calibration.verdict : undefined;
    const verdict = verification?.verdict ?? judged;
    const network = networkFiles(this.current.files);
    const { accuracy } = verification ?? {};
    return {
      ...{ network, flags, entries, verdict, accuracy },
      isVerified: verification !== undefined,
      edited: editedCount(live),
    };
  }

  /** Keeps the present result beside those to come. */
  keep(): void {
    this.set({ kept: this.present() });
  }

  show(view: View): void {
    this.set({ view });
  }

  /** Gives up the work that is going on. Files, settings and results stay. */
  cancel(): void {
    this.waiting.length = 0;
    this.session.cancel();
  }

  /** Forgets what went wrong. */
  dismiss(): void {
    this.set({ problems: [] });
  }

  private async openLive(progress?: (progress: Progress) => void): Promise<void> {
    const { calibration, network, files, live } = this.current;
    if (calibration === undefined || calibration.entries.length === 0) return;
    const most = (network?.macs ?? 0) > LARGE ? 4 : 16;
    const images = Math.min(most, files.judged.length || calibration.images.length);
    const [calibrator = DEFAULT_CALIBRATOR] = calibration.flags.calibrator?.split(':') ?? [];
    // Where this is given up or fails, whoever needs the emulation next opens it.
    this.epoch = -1;
    const opened = liveOf(
      await this.session.ask('openLive', { images, folder: judgedFolder(files) }, progress),
      calibrator,
    );
    if (live?.file === undefined) this.set({ live: opened });
    else {
      // Thresholds that were set by hand before stay.
      const { wanted, file } = live;
      const update = await this.session.ask('resetThresholds', { scaling: file.scaling });
      this.set({ live: { ...updated(opened, update), wanted, file } });
    }
    this.epoch = this.session.epoch;
    await this.readLabels();
  }

  /** Reads the labels of the images that are emulated. */
  private async readLabels(): Promise<void> {
    const { files, live } = this.current;
    if (live === undefined) return;
    this.set({ live: { ...live, labels: undefined } });
    const judged = { images: live.images.length, folder: judgedFolder(files), labels: files.labels };
    const labels = await this.session.ask('labels', judged);
    if (this.current.live !== undefined) this.set({ live: { ...this.current.live, labels } });
  }

  /** Takes files in the place of those before. A calibration of the same network and images stays; what it is judged on is new. */
  private async take(files: Files, progress: (progress: Progress) => void): Promise<void> {
    const { files: before, live } = this.current;
    this.set({ files });
    if (!isSameCalibration(before, files)) return this.read(progress);
    this.set({ verification: undefined });
    if (live === undefined || (await this.resume(progress))) return;
    if (before.judged.join() === files.judged.join()) await this.readLabels();
    else await this.openLive(progress);
  }

  /** What changed in the emulation; a verification before it is of another file. */
  private takeUpdate(update: LiveUpdate | ScalingFile): void {
    const { live, calibration } = this.current;
    if (live === undefined) return;
    const next = updated(live, update);
    const isBack = next.file?.scaling === calibration?.scaling;
    this.set({ live: isBack ? { ...next, file: undefined } : next, verification: undefined });
  }

  /** Gives a worker that started anew the calibration that the page shows. False: the worker knows it. */
  private async resume(progress?: (progress: Progress) => void): Promise<boolean> {
    const { calibration, live } = this.current;
    if (calibration === undefined || this.session.epoch === this.epoch) return false;
    await this.session.ask('restore', { flags: calibration.flags, scaling: calibration.scaling }, progress);
    this.epoch = this.session.epoch;
    if (live !== undefined) await this.openLive(progress);
    return true;
  }

  private async read(progress: (progress: Progress) => void): Promise<void> {
    const { files, kept } = this.current;
    this.isUnread = false;
    await this.session.ask('forget', undefined);
    if (kept !== undefined && networkFiles(files).some((file, i) => file !== kept.network[i])) {
      const remark = 'The result that was kept as A is of another network: it is no longer kept.';
      this.set({ kept: undefined, problems: [...this.current.problems, remark] });
    }
    this.set({
      network: undefined,
      preview: undefined,
      calibration: undefined,
      verification: undefined,
      live: undefined,
    });
    if (files.model === undefined) return;
    const flags = inspectFlags(files, this.current.settings);
    this.set({ network: await this.session.ask('inspect', flags, progress) });
    await this.preview();
  }

  private previewSoon(): void {
    clearTimeout(this.previewTimer);
    this.previewTimer = window.setTimeout(() => {
      this.dismiss();
      void this.guarded(() => this.preview());
    }, PREVIEW_MS);
  }

  private async preview(): Promise<void> {
    const { files, settings, previewed, network } = this.current;
    const image = files.images.find((path) => path === previewed) ?? files.images[0];
    if (image === undefined || network === undefined || files.model === undefined) return;
    const { calibration_directory: _, output_json: _o, manifest: _m, ...flags } = quantizeFlags(files, settings);
    const { mean_value } = settings;
    const mean = typeof mean_value === 'string' ? undefined : mean_value;
    this.set({ previewed: image });
    try {
      this.set({ preview: await this.session.ask('preview', { flags: { ...flags, mean_value: mean }, image }) });
    } catch (error) {
      this.set({ preview: undefined });
      throw error;
    }
  }

  private set(change: Partial<State>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }

  private async run(title: string, work: (progress: (progress: Progress) => void) => Promise<void>): Promise<void> {
    if (this.current.task !== undefined) return;
    this.set({ task: { title, progress: undefined }, problems: [] });
    await this.guarded(() => work((progress) => this.set({ task: { title, progress } })));
    this.set({ task: undefined });
    // A field of the network that was changed meanwhile.
    if (this.isUnread) await this.readNetwork();
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The verification that a report is made of ended with its worker.
      if (this.session.epoch !== this.epoch) this.set({ verification: undefined });
      if (error instanceof Cancelled) return;
      const text = error instanceof Error ? error.message : String(error);
      this.set({ problems: [...this.current.problems.filter((each) => each !== text), text] });
    }
  }
}

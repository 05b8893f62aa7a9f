import { XfdnnError } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { type ImageSource, imageCount } from '../images/index.js';
import type { Pool } from '../runtime/pool.js';
import type { LayerCalibration, ScalingEntry } from '../scaling/index.js';
import { judge } from '../verification/verdict/verdict.js';
import type { Thoroughness } from '../verification/verification-pool.js';
import { type AdvisedChoice, type AdvisedRow, flagsOf } from './advised-choices.js';
import { calibratedGraph, calibrateIn, DEFAULT_MEMORY, defaultWalk, planCalibration, type Walk } from './calibrate.js';
import type { JobHooks } from './hooks.js';
import { measureImages } from './measure-images.js';
import type { Network } from './network.js';
import { plannedCalibration } from './planned-memory.js';
import { scaleLayers } from './scale.js';
import { graphFor } from './worker-tasks.js';

/** What every choice is tried on. */
export interface Trial {
  readonly network: Network;
  /** The images that thresholds come from. */
  readonly calibration: ImageSource;
  /** The images that choices are judged on. */
  readonly judged: ImageSource;
  /** The class of each judged image. */
  readonly labels: readonly number[] | undefined;
  readonly options: {
    readonly walk?: Walk | undefined;
    readonly includeInnerProduct?: boolean | undefined;
    readonly unifyConcat?: boolean | undefined;
    readonly memory?: number | undefined;
  };
}

/** A choice that was tried. */
export interface Tried {
  readonly row: AdvisedRow;
  /** Undefined where the choice cannot be done. */
  readonly entries: readonly ScalingEntry[] | undefined;
}

const FAILED = { grade: null, agreement: null, accuracy: null, sqnr: null, floatAccuracy: null } as const;

/** Tries each choice in an open pool, one after the other. A choice that the overlay cannot express is a row with its error. */
export async function tryChoices(
  pool: Pool,
  trial: Trial,
  choices: readonly AdvisedChoice[],
  hooks: JobHooks,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const [index, choice] of choices.entries()) {
    const flags = flagsOf(choice);
    hooks.progress?.(index, choices.length, flags);
    const begin = Date.now();
    const seconds = (): number => (Date.now() - begin) / 1000;
    try {
      const { entries, figures } = await tryChoice(pool, trial, choice);
      tried.push({ entries, row: { ...choice, flags, ...figures, error: null, seconds: seconds() } });
    } catch (error) {
      if (!(error instanceof XfdnnError && (error.code === 'unsupported' || error.code === 'data'))) throw error;
      const row = { ...choice, flags, ...FAILED, error: error.message, seconds: seconds() };
      tried.push({ entries: undefined, row });
    }
  }
  return tried;
}

/** Bytes that the choice that needs most takes at a time. */
export function plannedTrials(
  threads: number,
  { network, calibration, options }: Trial,
  choices: readonly AdvisedChoice[],
): number {
  const graphs = new Map<Walk, Graph>();
  const spread = {
    images: imageCount(calibration),
    threads,
    budget: options.memory ?? DEFAULT_MEMORY,
    isVerified: true,
  };
  const totals = choices.map((choice) => {
    const calibrated = calibrationOf(network, options, choice);
    const graph = graphs.get(calibrated.walk) ?? calibratedGraph(network.graph, calibrated.walk);
    graphs.set(calibrated.walk, graph);
    return plannedCalibration({ imported: network.graph, graph }, planCalibration(graph, calibrated), spread).total;
  });
  return Math.max(0, ...totals);
}

/** The calibration of a choice. */
function calibrationOf(
  { framework }: Network,
  options: Trial['options'],
  { overlay, calibrator, bits }: AdvisedChoice,
) {
  const walk = options.walk ?? defaultWalk(framework, calibrator);
  return { ...options, walk, calibrator, overlay, widths: { input: bits, params: bits, output: bits } };
}

async function tryChoice(pool: Pool, trial: Trial, choice: AdvisedChoice) {
  const { network, calibration, judged, labels, options } = trial;
  const { overlay, multipliers } = choice;
  const calibrated = calibrationOf(network, options, choice);
  const folded = calibratedGraph(network.graph, calibrated.walk);
  const graph = graphFor(pool, folded);
  const batch = { source: calibration, held: { imported: network.graph, graph: folded }, isVerified: true };
  const layers: LayerCalibration[] = await calibrateIn(pool, graph, batch, calibrated, {});
  const entries = scaleLayers(layers, { ...options, overlay, multipliers });
  const opened = { graph, entries, overlay, source: judged };
  const brief: Thoroughness = { count: imageCount(judged), detail: () => 'outputs', counts: false };
  const measured = await measureImages(pool, opened, brief, { labels });
  const { grade, output } = judge(measured);
  const { agreement, accuracy } = measured.verification;
  const figures = {
    grade,
    agreement: agreement?.top1 ?? null,
    accuracy: accuracy?.fixed.top1 ?? null,
    floatAccuracy: accuracy?.float.top1 ?? null,
    sqnr: output?.sqnr ?? null,
  };
  return { entries, figures };
}

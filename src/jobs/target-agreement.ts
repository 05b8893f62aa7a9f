import { type AnalysedGraph, analyse } from '../analysis/analysed-graph.js';
import { fail } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { type ImageSource, imageCount } from '../images/index.js';
import { pow } from '../math.js';
import { opOf } from '../ops/index.js';
import type { WidthProposal } from '../report/width-proposal.js';
import type { Pool } from '../runtime/pool.js';
import { DEFAULT_OVERLAY, type OverlayName, type ScalingEntry } from '../scaling/index.js';
import { elements } from '../tensor.js';
import {
  type DeployedCloseness,
  type LayerSensitivity,
  type Sensitivity,
  summariseDeployed,
} from '../verification/sensitivity/sensitivity.js';
import { measureDeployed } from '../verification/sensitivity/tasks.js';
import { type CalibrateOptions, calibrateIn } from './calibrate.js';
import type { JobHooks } from './hooks.js';
import { type ScaleOptions, scaleLayers } from './scale.js';
import { type WideningOptions, widenableLayers, widenedTogether } from './widened-layers.js';
import { searchWidths } from './width-search.js';

/** What a search for widths calibrates, and with which images it judges. */
export interface ProposalOptions {
  readonly target: number;
  readonly calibration: ImageSource;
  readonly options: CalibrateOptions & ScaleOptions & { readonly overlay: OverlayName };
  readonly images: ImageSource;
  /** Called with the entries of the calibration without layers of 16 bits. */
  readonly onBase?: (entries: readonly ScalingEntry[]) => void;
}

/**
 * Searches a cheap set of layers of 16 bits with which a network keeps the best class of enough images. Every set that is
 * tried is calibrated and emulated: what is proposed is measured. Where there are too few images to count, the expected
 * agreement must reach the target too. `graph`: as the progressive walk calibrates it.
 */
export async function proposeWidths(
  pool: Pool,
  graph: Graph,
  { layers: ranked }: Sensitivity,
  { target, calibration, options, images, onBase }: ProposalOptions,
  hooks: JobHooks = {},
): Promise<WidthProposal> {
  const analysis = analyse(graph);
  const widening: WideningOptions = options;
  const cost = (index: number): number => costOf(analysis, index);
  const layersToWiden = widenableLayers(graph, widening);
  const gain = gainsOf(analysis, ranked);
  const by = (worth: (index: number) => number): number[] =>
    [...layersToWiden].sort((a, b) => worth(b) - worth(a) || a - b);
  const nameOf = (index: number): string => analysis.node(index).name;
  const isCounted = canCount(target, imageCount(images));
  const isEnough = ({ agreement, expected }: DeployedCloseness): boolean =>
    (agreement ?? 0) >= target && (isCounted || (expected ?? 0) >= target);
  let tried = 0;
  const { layers, judgement } = await searchWidths<DeployedCloseness>({
    orders: [by(gain), by((index) => gain(index) / cost(index))],
    together: (set) => widenedTogether(graph, set, widening),
    cost,
    isEnough,
    async judge(set) {
      hooks.progress?.(tried++, layersToWiden.length + 8, 'target_agreement');
      const layerBits = Object.fromEntries(set.map((index) => [nameOf(index), 16]));
      const measured = await calibrateIn(pool, graph, { source: calibration }, { ...options, layerBits }, {});
      const entries = scaleLayers(measured, options);
      if (set.length === 0) onBase?.(entries);
      const opened = { graph, entries, overlay: options.overlay ?? DEFAULT_OVERLAY, source: images };
      return summariseDeployed(await measureDeployed(pool, opened, imageCount(images)));
    },
  });
  const macs = (indices: Iterable<number>): number =>
    [...indices].reduce((sum, index) => sum + macsOf(analysis, index), 0);
  const names = layers.map(nameOf);
  return {
    ...judgement,
    target,
    reached: isEnough(judgement),
    layers: names,
    macs: macs(layers) / Math.max(1, macs(graph.nodes.keys())),
    layerBits: names.map((name) => `${spelled(name)}=16`).join(','),
  };
}

/** Whether so many images can tell a target by counting: the target allows one of them to change its class. */
export function canCount(target: number, images: number): boolean {
  const allowed = images * (1 - target);
  return allowed > 1 - 1e-6;
}

/** A name as a pattern of `--layer_bits`: characters that separate names, or that a shell would take, match any one. */
function spelled(name: string): string {
  return name.replace(/[\s,'"[\]\\]/g, '?');
}

function macsOf(analysis: AnalysedGraph, index: number): number {
  const node = analysis.node(index);
  return opOf(node).macs?.(node, analysis.shapesOf(index)) ?? 0;
}

/** Multiply-accumulates of a layer; of one without weights one for each element. */
function costOf(analysis: AnalysedGraph, index: number): number {
  return Math.max(1, macsOf(analysis, index) || elements(analysis.value(analysis.output(index)).shape));
}

/**
 * What 16 bits in a layer may gain: the noise power that they can remove. They make its weights and the codes that it reads finer,
 * so its own noise may vanish, and that of the layers that make these codes.
 */
function gainsOf(analysis: AnalysedGraph, ranked: readonly LayerSensitivity[]): (index: number) => number {
  const noise = new Map(
    ranked.map(({ name, quantized }) => [analysis.indexOf(name) ?? -1, noisePower(quantized.sqnr)]),
  );
  return (index) => {
    const makers = new Set(analysis.node(index).inputs.flatMap((id) => makersOf(analysis, id, noise)));
    return [index, ...makers].reduce((sum, maker) => sum + (noise.get(maker) ?? 0), 0);
  };
}

/** Noise power of a ratio in dB as a share of the signal's; infinite ratios as very large ones. */
const noisePower = (decibels: number): number => pow(10, -Math.max(-300, Math.min(300, decibels)) / 10);

/** The ranked layers that make a value, through layers that pass codes on. */
function makersOf(analysis: AnalysedGraph, id: ValueId, ranked: ReadonlyMap<number, number>): number[] {
  const writer = analysis.writerOf(id);
  if (ranked.has(writer)) return [writer];
  return analysis.node(writer).inputs.flatMap((input) => makersOf(analysis, input, ranked));
}

/** Throws `unsupported` where the network has no output that an agreement can be of. */
export function expectAgreement({ output }: Sensitivity): void {
  if (output === null)
    fail(
      'unsupported',
      '--target_agreement',
      'expected a network with class scores at an output, got none that looks like them.',
      'Read the ranking in dB instead, or end the network at its scores with --output_layer.',
    );
}

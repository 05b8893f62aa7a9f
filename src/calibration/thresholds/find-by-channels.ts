import type { AnalysedGraph } from '../../analysis/analysed-graph.js';
import { ZERO } from '../../fixed/grid.js';
import { type ChannelRange, type ChannelRequest, channelLayout } from '../executor/channels.js';
import type { CalibrationExecutor } from '../executor/executor.js';
import type { Importances } from '../importance.js';
import type { MeasuredChannels, WeightedOutput } from '../plan.js';
import type { StoredForm } from '../step.js';
import { CHANNEL_BINS, channelCurve, channelThreshold } from './channel-mse.js';
import { type ChannelBias, coverOfExtremes } from './cover.js';
import type { TakeCurve, ThresholdCurve } from './curve.js';
import { powerOfTwoThreshold } from './power-of-two.js';

/** Activations whose threshold is found from statistics of their channels. */
export interface ChannelBlob {
  readonly forms: readonly StoredForm[];
  readonly channels: MeasuredChannels;
  /** The layer that they are measured for: with several forms, the Concat that joins them. */
  readonly node: number;
  /** The largest magnitude. */
  readonly max: number;
}

/**
 * A 16-bit threshold in units of the cover: images that were not calibrated on have larger values, and a code of 16 bits
 * has steps to spare.
 */
const COVER_MARGIN = 1.25;

/** The statistics that are asked for here. */
type ChannelExecutor = Pick<CalibrationExecutor, 'channelRanges' | 'channelCounts'>;

/**
 * The thresholds of blobs from statistics of their channels, each statistic counted for all of them together. A blob
 * whose largest magnitude counts as zero has threshold 0. `takeCurve` is given what was compared for each blob.
 * Source: `docs/spec/quantizer.md`, section 3.
 */
export async function findChannelThresholds(
  blobs: readonly ChannelBlob[],
  executor: ChannelExecutor,
  network: AnalysedGraph,
  importances: Importances,
  takeCurve?: TakeCurve,
): Promise<number[]> {
  const live = blobs.filter(({ max }) => max > ZERO);
  const by = (statistics: MeasuredChannels['statistics']): ChannelBlob[] =>
    live.filter(({ channels }) => channels.statistics === statistics);
  const curveFor = (blob: ChannelBlob, curve: () => ThresholdCurve): void => takeCurve?.(blobs.indexOf(blob), curve);
  const found = new Map([
    ...(await fromRanges(by('extremes'), executor, network)),
    ...(await fromCounts(by('histograms'), executor, network, importances, curveFor)),
  ]);
  return blobs.map((blob) => found.get(blob) ?? 0);
}

/**
 * A 16-bit threshold clips nothing, with a margin. Its grid step is a power of two: such an overlay moves codes between
 * grids with a factor of 8 bits, which is exact for powers of two only.
 */
async function fromRanges(
  blobs: readonly ChannelBlob[],
  executor: ChannelExecutor,
  network: AnalysedGraph,
): Promise<Map<ChannelBlob, number>> {
  if (blobs.length === 0) return new Map();
  const ranges = await executor.channelRanges(blobs.flatMap(({ forms }) => forms));
  return new Map(
    blobs.map((blob) => {
      const parts: ChannelRange[] = ranges.splice(0, blob.forms.length);
      const layers = parts.map((range, i) => ({ ...range, ...biasOf(blob.channels.biased[i] ?? null, network) }));
      return [blob, powerOfTwoThreshold(COVER_MARGIN * Math.max(blob.max, coverOfExtremes(layers)), 16)];
    }),
  );
}

/** An 8-bit threshold has the least squared error. */
async function fromCounts(
  blobs: readonly ChannelBlob[],
  executor: ChannelExecutor,
  network: AnalysedGraph,
  importances: Importances,
  curveFor: (blob: ChannelBlob, curve: () => ThresholdCurve) => void,
): Promise<Map<ChannelBlob, number>> {
  if (blobs.length === 0) return new Map();
  const requests = blobs.map((blob) =>
    blob.forms.map((form): ChannelRequest => {
      const isPositive = isNonNegative(form, network);
      const width = blob.max / CHANNEL_BINS;
      return { form, low: isPositive ? 0 : -blob.max, width, bins: isPositive ? CHANNEL_BINS : 2 * CHANNEL_BINS };
    }),
  );
  const counts = await executor.channelCounts(requests.flat());
  return new Map(
    blobs.map((blob, index) => {
      const joined = importancesOf(blob, network, importances);
      const layers = (requests[index] ?? []).map(({ form, low }, i) => ({
        channels: channelLayout(network.value(form.value)).channels,
        low,
        counts: counts.shift() ?? [],
        importance: joined[i] ?? null,
        ...biasOf(blob.channels.biased[i] ?? null, network),
      }));
      curveFor(blob, () => channelCurve(layers, blob.max, blob.channels.biasOnCode));
      return [blob, channelThreshold(layers, blob.max, blob.channels.biasOnCode)];
    }),
  );
}

/** For each form the importances of its channels: where several are joined, those of the channels they become. */
function importancesOf(
  { forms, node }: Pick<ChannelBlob, 'forms' | 'node'>,
  network: AnalysedGraph,
  importances: Importances,
): (ArrayLike<number> | null)[] {
  const sizes = forms.map(({ value }) => channelLayout(network.value(value)).channels);
  const joined = forms.length === 1 ? undefined : importances.get(network.output(node));
  if (joined?.length !== sizes.reduce((sum, size) => sum + size, 0))
    return forms.map(({ value }) => importances.get(value) ?? null);
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  return ends.map((end, i) => joined.subarray(end - (sizes[i] ?? 0), end));
}

/** Whether a form's values are the results of a ReLU. */
function isNonNegative({ value }: StoredForm, network: AnalysedGraph): boolean {
  const rule = network.rule(network.writerOf(value));
  return rule.kind === 'activation' && rule.slopes.every((slope) => slope === 0);
}

function biasOf(source: WeightedOutput | null, network: AnalysedGraph): ChannelBias {
  const rule = source?.activation == null ? null : network.ruleOf(source.activation, 'activation');
  const bias = source === null ? null : (network.node(source.layer).params[1]?.data ?? null);
  return { bias, slopes: rule?.slopes ?? [1] };
}

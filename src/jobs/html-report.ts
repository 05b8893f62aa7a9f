import { analyse } from '../analysis/analysed-graph.js';
import { weightThresholds } from '../analysis/weights.js';
import {
  type ImageSource,
  imageCount,
  inputLine,
  openImages,
  previewSteps,
  readImage,
  summariseInput,
} from '../images/index.js';
import { baseName, readFile, sha256, VERSION } from '../platform/index.js';
import { networkNodes } from '../report/html/network-nodes.js';
import type { FlippedImage, Origin, Picture, ReportedLayer, WeightRanges } from '../report/html/report-data.js';
import { verificationReport } from '../report/html/verification-report.js';
import type { NextCommand } from '../report/next-commands.js';
import type { Measured } from '../verification/verdict/measured.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import { scoresOf } from '../verification/verification.js';
import type { DescribedLayer } from '../verification/verifier.js';
import { type ReportMeasures, reportMeasures } from './report-measures.js';

/** Images that ranges, histograms, accumulators and parts are measured on. */
const RANGE_IMAGES = 2;
/** Pictures of images that changed their class. */
const MOST_FLIPPED = 12;
/** The longest side of a picture, in pixels: of a step of the preprocessing, and of an image that changed its class. */
const SIDES = { step: 96, flipped: 64 } as const;

/** A verification with what a report says beside it. */
export interface ReportJob {
  readonly command: string;
  readonly measured: Measured;
  readonly verdict: Verdict;
  /** Command lines that go on from it. */
  readonly commands: readonly NextCommand[];
  readonly source: ImageSource;
  /** Names of the images. */
  readonly names: readonly string[];
  readonly origins: readonly Origin[];
}

/** The report of a verification as one HTML file. Throws the errors of reading an image. */
export async function reportText(job: ReportJob): Promise<string> {
  const { command, measured, verdict, commands, source, names, origins } = job;
  const { graph, overlay, verification } = measured;
  const rangeImages = Math.min(RANGE_IMAGES, imageCount(source));
  const measures = await reportMeasures(measured, source, rangeImages);
  const flips = flippedImages(measured);
  return verificationReport({
    title: `${graph.name === '' ? 'Network' : graph.name} on overlay ${overlay}`,
    subtitle: `xfdnn ${command}: ${verification.images === 1 ? '1 image' : `${verification.images} images`} in float32 and on the emulated overlay`,
    overlay,
    version: VERSION,
    verification,
    verdict,
    commands,
    layers: reportedLayers(measured, measures),
    network: networkNodes(graph, verification.layers),
    parts: measures.parts,
    input: await inputOf(measured, source),
    pictures: await stepPictures(source),
    rangeImages,
    flipped: await Promise.all(flips.slice(0, MOST_FLIPPED).map((flip) => withPicture(flip, source, names))),
    changed: flips.length,
    origins,
  });
}

/** Files and flags as lines of a report; flags that no result depends on are left out. Files are hashed. Throws `file`. */
export async function originsOf(
  flags: object,
  files: Readonly<Record<string, string | undefined>>,
  others: readonly Origin[] = [],
): Promise<Origin[]> {
  const left = new Set([...Object.keys(files), 'report', 'threads', 'memory', 'worker']);
  const lines: Origin[] = [{ name: 'version', value: VERSION }];
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue;
    const hash = path === '-' ? '' : `, SHA-256 ${await sha256(path)}`;
    lines.push({ name, value: `${path}${hash}` });
  }
  for (const [name, value] of Object.entries(flags))
    if (value !== undefined && !left.has(name))
      lines.push({ name: `--${name}`, value: typeof value === 'string' ? value : JSON.stringify(value) });
  return [...lines, ...others];
}

/** The layers with what was measured of some images, and of their weights. */
function reportedLayers(measured: Measured, { ranges, largestSums }: ReportMeasures): ReportedLayer[] {
  const weights = measured.described.map((layer) => weightsOf(measured, layer));
  return measured.verification.layers.map((layer, i) => ({
    ...layer,
    range: ranges[i] ?? null,
    weights: weights[i] ?? null,
    largestSum: largestSums[i] ?? null,
  }));
}

/** The weights of a layer that has an entry with thresholds for them. */
function weightsOf({ graph, entries }: Measured, { node: index }: DescribedLayer): WeightRanges | null {
  const analysed = analyse(graph);
  const node = analysed.node(index);
  const thresholds = entries.find(({ name }) => name === node.name)?.th_params;
  if (thresholds === undefined || analysed.rule(index).kind !== 'weighted') return null;
  return { largest: weightThresholds(node, analysed.shapesOf(index)), thresholds };
}

/** The first image as the network gets it, in words. */
async function inputOf({ graph }: Measured, source: ImageSource): Promise<string> {
  const [first = source] = 'inputs' in source ? source.inputs : [source];
  const value = graph.values[graph.inputs[0] ?? -1];
  const preprocessing = 'paths' in first ? first.preprocessing : undefined;
  const shape = preprocessing?.shape ?? value?.shape.slice(1) ?? [];
  const channelAxis = preprocessing?.channelAxis ?? (value?.layout === 'NCHW' ? 0 : Math.max(shape.length - 1, 0));
  return inputLine(summariseInput(await openImages(first)(0), shape, channelAxis), preprocessing);
}

/** The steps of the preprocessing of an image; none where the input is no image. */
async function stepsOf(source: ImageSource, image: number, side: number): Promise<Picture[]> {
  const [first = source] = 'inputs' in source ? source.inputs : [source];
  if (!('paths' in first) || first.preprocessing.kind !== 'image') return [];
  const path = first.paths[image];
  if (path === undefined) return [];
  const decoded = await readImage(await readFile(path), path, first.preprocessing);
  return previewSteps(decoded, first.preprocessing, side).map(({ name, png }) => ({ caption: name, png }));
}

const stepPictures = (source: ImageSource): Promise<Picture[]> => stepsOf(source, 0, SIDES.step);

/** An image with another best class than in float, by number. */
interface Flip {
  readonly image: number;
  readonly float: readonly number[];
  readonly fixed: readonly number[];
}

function flippedImages({ reports }: Measured): Flip[] {
  const scores = scoresOf(reports) ?? [];
  return scores.flatMap(({ float, fixed }, image) => (float[0] === fixed[0] ? [] : [{ image, float, fixed }]));
}

async function withPicture(
  { image, float, fixed }: Flip,
  source: ImageSource,
  names: readonly string[],
): Promise<FlippedImage> {
  const [picture] = await stepsOf(source, image, SIDES.flipped);
  return { name: baseName(names[image] ?? `image ${image}`), float, fixed, png: picture?.png ?? null };
}

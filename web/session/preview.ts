import { required } from '../../src/error.js';
import {
  openImages,
  type Preprocessing,
  preprocessingWarnings,
  previewSteps,
  readImage,
} from '../../src/images/index.js';
import { networkInputOf, type PreprocessingFlags, preprocessingOf } from '../../src/jobs/calibration-flags.js';
import { optionsOf } from '../../src/jobs/flags.js';
import type { NetworkFlags } from '../../src/jobs/network.js';
import { reportInput } from '../../src/jobs/report-input.js';
import { readFile } from '../../src/platform/index.js';
import { inspect } from './inspect.js';
import { session } from './session.js';
import type { CallHooks } from './wire.js';

/** The longest side of a picture, in pixels. */
const SIDE = 160;

/** How an image becomes the network's input. */
export interface PreviewView {
  /** Range and order of the input, in words. */
  readonly input: string;
  readonly warnings: readonly string[];
  /** The six steps as PNG files; none where the input is no image. */
  readonly pictures: readonly { readonly caption: string; readonly png: Uint8Array }[];
  /** The operations with all their values. */
  readonly preprocessing: Preprocessing;
}

/** An image, and the flags of its preprocessing. */
interface PreviewOf {
  readonly flags: NetworkFlags & PreprocessingFlags & { readonly mean_value?: readonly number[] | undefined };
  readonly image: string;
}

/** The steps of the preprocessing of one mounted image. Throws as `quantize` for flags and images that do not fit. */
export async function preview({ flags, image }: PreviewOf, call: CallHooks): Promise<PreviewView> {
  if (session.network === undefined) await inspect(flags, call);
  const network = required(session.network, 'preview', 'a network');
  const { graph, framework } = network;
  const preprocessing = preprocessingOf(optionsOf(flags), graph, framework);
  const [notes, warnings] = [[] as string[], [] as string[]];
  const hooks = { note: (line: string) => void notes.push(line), warn: (line: string) => void warnings.push(line) };
  await reportInput({ paths: [image], preprocessing }, flags, network, hooks);
  warnings.push(...preprocessingWarnings(preprocessing, networkInputOf(graph, framework)));
  const steps = await stepsOf(image, preprocessing);
  const pictures = steps.map(({ name, png }) => ({ caption: name, png }));
  return { input: notes.join(' ').replace(/^input: | \(first image\)$/g, ''), warnings, pictures, preprocessing };
}

/** The steps as pictures; none of an array, which is read all the same: it may not fit. */
async function stepsOf(image: string, preprocessing: Preprocessing): Promise<ReturnType<typeof previewSteps>> {
  if (preprocessing.kind !== 'image') {
    await openImages({ paths: [image], preprocessing })(0);
    return [];
  }
  return previewSteps(await readImage(await readFile(image), image, preprocessing), preprocessing, SIDE);
}

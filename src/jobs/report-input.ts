import {
  type ImageSource,
  imageCount,
  inputLine,
  inputWarnings,
  isBadImage,
  isIdleTranspose,
  isUntouched,
  openImages,
  type Preprocessing,
  previewSteps,
  readImage,
  summariseInput,
} from '../images/index.js';
import { baseName, joinPath, readFile, writeFileAtomic } from '../platform/index.js';
import {
  networkInputOf,
  type PreprocessingFlags,
  preprocessingOf,
  type WithMeanValues,
  withMeanValues,
} from './calibration-flags.js';
import { optionsOf } from './flags.js';
import type { JobHooks } from './hooks.js';
import { inputName } from './input-files.js';
import { dimsNote, type Network, type NetworkFlags } from './network.js';
import { shownPreprocessing, valueFlags } from './shown-preprocessing.js';

/** How many images `--preview` shows. */
const PREVIEWED = 3;

/**
 * Says what enters the network: a note of order, shape and range for the first image of each input, warnings where no
 * network was trained on it, and with `--preview` the steps of the first images as PNG files. An image that cannot be
 * decoded is left to the job. Throws the other errors of reading an image, and `file`.
 */
export async function reportInput(
  source: ImageSource,
  flags: PreprocessingFlags & NetworkFlags,
  network: Network,
  hooks: JobHooks,
): Promise<void> {
  const note = hooks.note === undefined ? undefined : await dimsNote(flags);
  if (note !== undefined) hooks.note?.(note);
  const sources = 'inputs' in source ? source.inputs : [source];
  for (const [input, one] of sources.entries())
    await reportOne(one, input, { several: sources.length > 1, network }, hooks);
  if (sources.some((one) => 'paths' in one)) reportFramework(await withMeanValues(flags), network, hooks);
  const [first] = sources;
  if (flags.preview !== undefined && first !== undefined) await writePreview(first, flags.preview, hooks);
}

async function reportOne(
  source: ImageSource,
  input: number,
  { several, network: { graph } }: { readonly several: boolean; readonly network: Network },
  hooks: JobHooks,
): Promise<void> {
  const id = graph.inputs[input] ?? -1;
  const value = graph.values[id];
  if (value === undefined || imageCount(source) === 0) return;
  const preprocessing = preprocessingIn(source);
  const shape = preprocessing?.shape ?? value.shape.slice(1);
  const channelAxis = preprocessing?.channelAxis ?? (value.layout === 'NCHW' ? 0 : Math.max(shape.length - 1, 0));
  try {
    const summary = summariseInput(await openImages(source)(0), shape, channelAxis);
    const line = inputLine(summary, preprocessing);
    hooks.note?.(several ? line.replace('input', `input "${inputName(graph, id)}"`) : line);
    for (const warning of inputWarnings(summary)) hooks.warn?.(warning);
  } catch (error) {
    if (!isBadImage(error)) throw error;
  }
}

function preprocessingIn(source: ImageSource): Preprocessing | undefined {
  return 'paths' in source ? source.preprocessing : undefined;
}

/** Says which preprocessing a TensorFlow graph shows, or that it shows none, and which flags do not suit it. */
function reportFramework(
  flags: WithMeanValues<PreprocessingFlags>,
  { graph, framework }: Network,
  hooks: JobHooks,
): void {
  if (framework !== 'tensorflow' || graph.inputs.length !== 1) return;
  const [input, options] = [networkInputOf(graph, framework), optionsOf(flags)];
  if (isIdleTranspose(flags, input))
    hooks.warn?.("warning: --transpose 2,0,1 is not applied: the network's input has its channels last.");
  const shown = shownPreprocessing(options, { graph, framework });
  if (shown !== undefined) {
    const words = Object.entries(valueFlags(shown.options)).map(([flag, value]) => `--${flag} ${String(value)}`);
    hooks.note?.(
      `note: ${shown.because}: images enter with ${words.join(' ')}. --preset original has the original's defaults.`,
    );
  } else if (isUntouched(options) && preprocessingOf(options, graph, framework).kind === 'image')
    hooks.warn?.(`warning: ${UNKNOWN_INPUT}`);
}

const UNKNOWN_INPUT =
  'a TensorFlow graph runs on the defaults of Caffe (BGR, 0 to 255 minus 104, 117, 123; a grey image 0 to 255): its first operations do not show what it takes. Pass --preset tf-slim, keras-caffe, torch or raw01, or --preset original to keep them.';

async function writePreview(source: ImageSource, folder: string, hooks: JobHooks): Promise<void> {
  if (!('paths' in source) || source.preprocessing.kind !== 'image')
    return hooks.warn?.('warning: --preview writes no pictures: the input is no image.');
  const paths = source.paths.slice(0, PREVIEWED);
  for (const [index, path] of paths.entries()) {
    const image = await readImage(await readFile(path), path, source.preprocessing);
    for (const { name, png } of previewSteps(image, source.preprocessing))
      await writeFileAtomic(joinPath(folder, `${index}-${baseName(path)}.${name}.png`), png);
  }
  hooks.note?.(`note: the six steps of ${paths.length === 1 ? '1 image' : `${paths.length} images`} are in ${folder}.`);
}

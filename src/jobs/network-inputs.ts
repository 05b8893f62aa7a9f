import { fail } from '../error.js';
import { readNpy } from '../formats/npy.js';
import type { Graph } from '../graph/graph.js';
import { chooseCalibrationFiles, type ImageSource } from '../images/index.js';
import { listFiles, readFile } from '../platform/index.js';
import { elements, formatShape } from '../tensor.js';
import { type PreprocessingFlags, preprocessingOf } from './calibration-flags.js';
import { optionsOf } from './flags.js';
import type { Network } from './network.js';

/** The images of a verification, spelled as on the command line. */
export interface InputFlags extends PreprocessingFlags {
  /** A folder of images, or of `.npy` arrays. */
  readonly images?: string | undefined;
  /** Number of images taken from the folder, in the order of their names; all where absent. */
  readonly image_count?: number | undefined;
  /** In place of `images`: a `.npy` of the network's input, batch axis first. */
  readonly input?: string | undefined;
}

/** The images of a job with their names, in one order. */
export interface NamedImages {
  readonly source: ImageSource;
  /** File names without their folder. */
  readonly names: readonly string[];
}

/** The images that the flags name. Throws `usage`, `file`, `data`. */
export async function networkInputs(flags: InputFlags, { graph, framework }: Network): Promise<NamedImages> {
  if (flags.input !== undefined) {
    const arrays = (await splitInput(flags.input, graph)).slice(0, flags.image_count);
    return { source: { arrays }, names: arrays.map((_, image) => `${flags.input}[${image}]`) };
  }
  const folder =
    flags.images ??
    fail(
      'usage',
      '--images',
      'expected a folder of images, got none.',
      'Pass it, or the input itself with --input file.npy.',
    );
  const preprocessing = preprocessingOf(optionsOf(flags), graph, framework);
  const size = Math.max(1, (await listFiles(folder)).length);
  const { names, paths } = await chooseCalibrationFiles(folder, {
    indices: Array.from({ length: Math.min(size, flags.image_count ?? size) }, (_, i) => i),
  });
  return { source: { paths, preprocessing }, names };
}

/** A `.npy` of the network's input, batch axis first, as one array per image. Throws `file`, `format`, `data`. */
export async function splitInput(path: string, graph: Graph): Promise<Float32Array[]> {
  const { shape, data } = readNpy(await readFile(path), path);
  const wanted = inputShape(graph);
  const size = elements(wanted);
  const same = shape.length === wanted.length && shape.slice(1).every((length, axis) => length === wanted[axis + 1]);
  if (!same)
    fail(
      'data',
      path,
      `expected an array of shape N${formatShape(wanted).replace(/^\d+/, '')}, got ${formatShape(shape)}.`,
      'Use --dims for another input size.',
    );
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  return Array.from({ length: data.length / size }, (_, image) => floats.subarray(image * size, (image + 1) * size));
}

function inputShape({ inputs: [input], values }: Graph): readonly number[] {
  const value = input === undefined ? undefined : values[input];
  return value?.shape ?? fail('model', 'input', 'expected a network with an input, got none.');
}

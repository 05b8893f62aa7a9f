import type { NetworkFlags } from '../../src/jobs/network.js';
import type { QuantizeFlags } from '../../src/jobs/quantize-flags.js';
import { commonFolder, folderOf, nameOf } from './paths.js';
import type { Files, Settings } from './state.js';

/** Images that are calibrated on where no number is set. */
export const DEFAULT_SIZE = 32;
/** The seed of the sample where none is set. */
export const DEFAULT_SEED = 1;

/** The name of the scaling file: that of the network. */
const scalingName = ({ model = 'network' }: Files): string => `${nameOf(model).replace(/\.[^.]*$/, '')}.json`;

/** The flags of `quantize` for files and settings, as on a command line in the folder that holds the files. */
export function quantizeFlags(files: Files, settings: Settings): QuantizeFlags & { readonly manifest: string } {
  const { model, weights, images } = files;
  const name = scalingName(files);
  const folder = commonFolder(images);
  const chosen = settings.calibration_indices === undefined && {
    calibration_size: Math.min(settings.calibration_size ?? DEFAULT_SIZE, images.length),
    calibration_seed: settings.calibration_seed ?? DEFAULT_SEED,
  };
  return defined({
    deploy_model: model,
    weights,
    calibration_directory: folder,
    recursive: images.some((path) => folderOf(path) !== folder) || undefined,
    ...settings,
    ...chosen,
    output_json: name,
    manifest: name.replace(/json$/, 'manifest.json'),
  });
}

/** The fields that say which network a model file holds. */
export const NETWORK_FIELDS = ['dims', 'input_layer', 'output_layer'] as const;

/** The flags of `inspect` for files and settings. */
export function inspectFlags({ model, weights }: Files, { dims, input_layer, output_layer }: Settings): NetworkFlags {
  return defined({ deploy_model: model, weights, dims, input_layer, output_layer });
}

/** The flags that have a value. */
function defined<Flags extends object>(flags: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as Flags;
}

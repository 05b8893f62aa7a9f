/** The names of the page's fields by the flags that they stand for. */
const FIELDS: Readonly<Record<string, string>> = {
  deploy_model: 'Network',
  weights: 'Weights',
  dims: 'Input size',
  input_layer: 'Input layer',
  output_layer: 'Output layers',
  float_layers: 'Runs with: host',
  calibration_directory: 'Images',
  calibration_size: 'Images',
  calibration_seed: 'Seed',
  preset: 'Preset',
  transpose: 'Order of axes',
  channel_swap: 'Channels',
  raw_scale: 'Raw scale',
  mean_value: 'Mean',
  input_scale: 'Input scale',
  resize: 'Resizing',
  bitwidths: 'Bits',
  layer_bits: 'Runs with',
  overlay: 'Overlay',
  calibrator: 'Calibrator',
  multipliers: 'Multipliers',
  walk: 'Walk',
  include_inner_product: 'Entries of fully connected layers',
  power_of_two: 'Grid steps that are powers of two',
  unify_concat: 'One threshold through pooling into Concat',
  skip_bad_images: 'Leave out images that cannot be decoded',
};

/** A flag with a value behind it, where that is a figure, a list, quoted, or a name that flags take. */
const FLAG =
  /--([a-z_]+)(?: (\d(?:[\w.,]*\w)?|v\d|\[[^\]]*\]|'[^']*'|(?:original|caffe|tf-slim|keras-tf|keras-caffe|torch|raw01|max|mse|search|reference|natural|exact|progressive|tensorflow)\b))?/g;

/** The name of the page's field of a flag; the flag's own words where there is none. */
export const fieldOf = (flag: string): string => FIELDS[flag] ?? flag.replaceAll('_', ' ');

/**
 * A line of the library as a page says it: flags become the names of the page's fields, and sentences about what only the
 * command line has are left out.
 */
export function inPageWords(line: string): string {
  const renamed = line
    .replace(/^(warning|note): /, '')
    .replace(/--float_layers \S+ runs it on the host/g, '“Runs with: host” in the network view runs it there')
    .replace(FLAG, (flag, name: string, value: string | undefined) => {
      const field = FIELDS[name];
      if (field === undefined) return flag;
      return value === undefined ? `“${field}”` : `“${field}: ${value.replace(/^'|'$/g, '')}”`;
    });
  const chosen = renamed.replace(/\b([Pp])ass (?=“)/g, (_, p: string) => (p === 'P' ? 'Choose ' : 'choose '));
  const sentences = chosen.split(/(?<=[.!?])\s+(?=[A-Z“"])/);
  const kept = sentences.filter((sentence, i) => i === 0 || !/--[a-z]|\bxfdnn\b/.test(sentence));
  const text = kept.join(' ').trim();
  return /^[a-z]+\b(?![./])/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

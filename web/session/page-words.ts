/** The names of the page's fields by the flags that they stand for. */
const FIELDS: Readonly<Record<string, string>> = {
  deploy_model: 'Network',
  weights: 'Weights',
  dims: 'Input size',
  input_layer: 'Input layer',
  output_layer: 'Output layers',
  float_layers: 'Layers on the host',
  calibration_directory: 'Images',
  calibration_size: 'Number of images',
  calibration_seed: 'Seed',
  preset: 'Preset',
  transpose: 'Order of axes',
  channel_swap: 'Channels',
  raw_scale: 'Raw scale',
  mean_value: 'Mean',
  input_scale: 'Input scale',
  resize: 'Resizing',
  bitwidths: 'Bits',
  layer_bits: 'Bits of a layer',
  overlay: 'Overlay',
  calibrator: 'Calibrator',
  multipliers: 'Multipliers',
  walk: 'Walk',
  include_inner_product: 'Entries of fully connected layers',
  power_of_two: 'Powers of two',
  unify_concat: 'Unify Concat',
  skip_bad_images: 'Leave out images that cannot be decoded',
};

/**
 * A line of the library as a page says it: flags become the names of the page's fields, and sentences about what only the
 * command line has are left out.
 */
export function inPageWords(line: string): string {
  const renamed = line
    .replace(/^(warning|note): /, '')
    .replace(/--([a-z_]+)/g, (flag, name: string) => (name in FIELDS ? `“${FIELDS[name]}”` : flag))
    .replace(/(”) (\d[\w.,]*|v\d|\[[^\]]*\])/g, '$1 $2');
  const sentences = renamed.split(/(?<=[.!?])\s+(?=[A-Z“"])/);
  const kept = sentences.filter((sentence, i) => i === 0 || !/--[a-z]|\bxfdnn\b/.test(sentence));
  const text = kept.join(' ').trim();
  return /^[a-z]+\b(?![./])/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

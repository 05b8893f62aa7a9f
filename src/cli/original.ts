import { replaceExtension } from '../platform/index.js';

/** The flags of the original script, releases 1.1 to 1.3. Prefixes are looked up among them first, as its parser did. */
export const ORIGINAL_FLAGS: readonly string[] = [
  '--framework',
  '--deploy_model',
  '--output_json',
  '--weights',
  '--calibration_directory',
  '--calibration_size',
  '--calibration_seed',
  '--calibration_indices',
  '--bitwidths',
  '--dims',
  '--transpose',
  '--channel_swap',
  '--raw_scale',
  '--mean_value',
  '--input_scale',
  '--input_layer',
  '--output_layer',
];

/** Flags of releases before 1.1, whose files are neither read nor written here. */
export const DEAD_FLAGS = [
  'train_val_model',
  'quantized_deploy_model',
  'quantized_train_val_model',
  'quantized_weights',
] as const;

/** Values of {@link DEAD_FLAGS}. */
export type DeadFlags = { readonly [Name in (typeof DEAD_FLAGS)[number]]?: string };

/** The flags of `quantize` that {@link withoutDeadFlags} looks at. */
type OldFlags = DeadFlags & { readonly output_json?: string | undefined; readonly weights?: string | undefined };

/**
 * Flags without the dead ones; notes on those; where the scaling file goes that was named after one of them. `--weights` with a
 * frozen graph is dead too: the original took it for TensorFlow and read the weights from the model.
 */
export function withoutDeadFlags<Flags extends OldFlags>(
  flags: Flags,
): { readonly live: Omit<Flags, keyof DeadFlags>; readonly notes: string[] } {
  const { train_val_model, quantized_deploy_model, quantized_train_val_model, quantized_weights, ...rest } = flags;
  const given = { train_val_model, quantized_deploy_model, quantized_train_val_model, quantized_weights };
  const notes = DEAD_FLAGS.filter((name) => given[name] !== undefined).map(
    (name) =>
      `note: --${name} is taken and not used: no network is ${name === 'train_val_model' ? 'read from it' : 'written'}.`,
  );
  const isGraph = /\.pb$/i.test(rest.weights ?? '');
  if (isGraph) notes.push('note: --weights is taken and not used: a frozen graph holds its own weights.');
  const others = isGraph ? { ...rest, weights: undefined } : rest;
  if (quantized_train_val_model === undefined || others.output_json !== undefined) return { live: others, notes };
  // The first release wrote the scaling file beside this prototxt.
  return { live: { ...others, output_json: replaceExtension(quantized_train_val_model, '.json') }, notes };
}

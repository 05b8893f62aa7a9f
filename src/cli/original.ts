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

/** Flags without the dead ones; notes on those; where the scaling file goes that was named after one of them. */
export function withoutDeadFlags<Flags extends DeadFlags & { readonly output_json?: string | undefined }>(
  flags: Flags,
): { readonly live: Omit<Flags, keyof DeadFlags>; readonly notes: string[] } {
  const { train_val_model, quantized_deploy_model, quantized_train_val_model, quantized_weights, ...others } = flags;
  const given = { train_val_model, quantized_deploy_model, quantized_train_val_model, quantized_weights };
  const notes = DEAD_FLAGS.filter((name) => given[name] !== undefined).map(
    (name) =>
      `note: --${name} is taken and not used: no network is ${name === 'train_val_model' ? 'read from it' : 'written'}.`,
  );
  if (quantized_train_val_model === undefined || others.output_json !== undefined) return { live: others, notes };
  // The first release wrote the scaling file beside this prototxt.
  return { live: { ...others, output_json: replaceExtension(quantized_train_val_model, '.json') }, notes };
}

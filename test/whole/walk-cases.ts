import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameList, normaliseArguments, numberList } from '../../src/cli/arguments.js';
import type { QuantizeFlags } from '../../src/jobs/quantize.js';

/** The flags of a case, recorded with the original's calibrator; paths are relative to its folder. */
export function flagsOf(folder: string): QuantizeFlags {
  const flags = parseFlags(readFileSync(join(folder, 'cmd.txt'), 'utf8').trim().split(/\s+/), folder);
  return { calibrator: 'reference', ...flags };
}

/** Command-line words as flags. */
export function parseFlags(line: readonly string[], folder: string): QuantizeFlags {
  const words = normaliseArguments(line);
  const options: Record<string, unknown> = {};
  for (let i = 0; i < words.length; i++) {
    const name = words[i]!.slice(2);
    const value = words[i + 1];
    if (value === undefined || value.startsWith('--')) options[name] = true;
    else options[name] = parse(name, words[++i]!, folder);
  }
  return options as QuantizeFlags;
}

function parse(name: string, text: string, folder: string): unknown {
  if (['deploy_model', 'weights', 'calibration_directory'].includes(name)) return join(folder, text);
  if (['calibration_indices', 'bitwidths', 'dims', 'transpose', 'channel_swap', 'mean_value'].includes(name))
    return numberList(name)(text);
  if (name === 'output_layer') return nameList(text);
  return /^-?[\d.]+$/.test(text) ? Number(text) : text;
}

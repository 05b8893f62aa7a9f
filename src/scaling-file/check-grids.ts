import { isBitWidth } from '../fixed/grid.js';
import type { ScalingEntry } from '../scaling/index.js';
import { type Fault, fault, warning } from './fault.js';

/**
 * Faults of an entry's widths and thresholds. With one among them no arithmetic can take the entry, and nothing else is
 * checked in it.
 */
export function checkGrids(entry: ScalingEntry): Fault[] {
  return [...checkWidths(entry), ...checkThresholds(entry)];
}

/** Whether every width of an entry is one that overlays have. */
export function hasWidths(entry: ScalingEntry): boolean {
  return checkWidths(entry).length === 0;
}

function checkWidths(entry: ScalingEntry): Fault[] {
  return (['bw_layer_in', 'bw_layer_out', 'bw_params'] as const).flatMap((key) => {
    const width = entry[key];
    return width === undefined || isBitWidth(width) ? [] : [fault(entry.name, key, `expected 8 or 16, got ${width}.`)];
  });
}

function checkThresholds(entry: ScalingEntry): Fault[] {
  const faults: Fault[] = [];
  const check = (key: string, th: number, channel?: number): void => {
    const details = channel === undefined ? {} : { channel };
    // The overlay takes thresholds as float32, where a large double is infinite.
    if (!(th >= 0 && Math.fround(th) < Infinity))
      faults.push(fault(entry.name, key, `expected a finite threshold of at least 0, got ${th}.`, details));
    else if (th === 0 && channel === undefined)
      faults.push(warning(entry.name, key, 'is 0: every value there becomes 0.'));
  };
  check('th_layer_in', entry.th_layer_in);
  check('th_layer_out', entry.th_layer_out);
  entry.th_params?.forEach((th, channel) => check('th_params', th, channel));
  return faults;
}

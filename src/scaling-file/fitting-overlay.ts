import { fail } from '../error.js';
import { type Overlay, type OverlayChoice, type OverlayName, overlayOf, type ScalingEntry } from '../scaling/index.js';
import { detectOverlay, mostVoted, overlayVotes } from './entry-form.js';
import { type Fault, fault, isFault } from './fault.js';
import { placeOf } from './parse.js';

/** Scales that an overlay does not hold: no arithmetic of it can take them. */
export function scaleFaults(entry: ScalingEntry, { name, largestScale }: Overlay): Fault[] {
  return entry.scale.flatMap((scale, channel) =>
    scale >= 0 && scale <= largestScale
      ? []
      : [
          fault(entry.name, 'scale', `expected 0 to ${largestScale}, the limit of overlay ${name}, got ${scale}.`, {
            channel,
            derivable: true,
          }),
        ],
  );
}

/**
 * The overlay that entries are emulated on: the one that was asked for, else the one that is detected. `from`: what the entries
 * were read from. Throws `usage` where more entries speak for another overlay than for the one asked for, and `format` where
 * the overlay does not hold a scale.
 */
export function fittingOverlay<Asked extends OverlayChoice = OverlayName>(
  entries: readonly ScalingEntry[],
  asked: Asked | undefined,
  from: string,
): Asked | OverlayName {
  expectOverlay(entries, asked, from);
  const chosen = asked ?? detectOverlay(entries);
  const overlay = overlayOf(chosen);
  const found = entries.flatMap((entry) => scaleFaults(entry, overlay));
  const first = found.find(isFault);
  if (first !== undefined)
    fail(
      'format',
      `${from}: entry "${first.entry}": ${placeOf(first)}`,
      first.message,
      `xfdnn check --overlay ${overlay.name} names every fault of the file.`,
    );
  return chosen;
}

/** Throws `usage` where more entries speak for another overlay than for the one asked for: the file was made for that one. */
export function expectOverlay(entries: readonly ScalingEntry[], asked: OverlayChoice | undefined, from: string): void {
  if (asked === undefined || typeof asked !== 'string') return;
  const votes = overlayVotes(entries);
  const detected = mostVoted(votes);
  const { name } = overlayOf(asked);
  if (votes[detected] === votes[asked]) return;
  fail(
    'usage',
    '--overlay',
    `${from} is a file for overlay ${detected}, got ${name}.`,
    `Pass --overlay ${detected}, or make a file for ${name} with xfdnn rescale --overlay ${name}.`,
  );
}

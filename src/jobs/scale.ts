import type { LayerThresholds } from '../calibration/walk.js';
import { buildEntry, DEFAULT_OVERLAY, type OverlayChoice, overlayOf, type ScalingEntry } from '../scaling/index.js';

/** What of a calibration becomes an entry, and for which overlay. */
export interface ScaleOptions {
  readonly overlay?: OverlayChoice | undefined;
  readonly include_inner_product?: boolean | undefined;
}

/** The entries of a scaling file from what the walk measured, in network order. */
export function scaleLayers(
  layers: readonly LayerThresholds[],
  { overlay = DEFAULT_OVERLAY, include_inner_product }: ScaleOptions,
): ScalingEntry[] {
  const { hasPoolingEntries } = overlayOf(overlay);
  return layers
    .filter(
      ({ form }) =>
        (form !== 'InnerProduct' || include_inner_product === true) && (form !== 'AveragePooling' || hasPoolingEntries),
    )
    .map((layer) => buildEntry(layer, overlay));
}

import {
  buildEntry,
  DEFAULT_OVERLAY,
  type LayerCalibration,
  type MultiplierKind,
  type OverlayChoice,
  overlayOf,
  type ScalingEntry,
  withMultipliers,
} from '../scaling/index.js';

/** The overlay of a scaling file, and the layers that have an entry in it. */
export interface ScaleOptions {
  /** The default overlay where absent. */
  readonly overlay?: OverlayChoice | undefined;
  /** Whether fully connected layers have entries; not where absent. */
  readonly includeInnerProduct?: boolean | undefined;
  /** `exact` where absent and the overlay clips before it scales, else `natural`. */
  readonly multipliers?: MultiplierKind | undefined;
}

/**
 * The entries of a scaling file from the thresholds that {@link calibrate} measured, in network order. Average pooling
 * has entries on some overlays only. Source: docs/spec/quantizer.md, section 6.
 */
export function scaleLayers(
  layers: readonly LayerCalibration[],
  { overlay = DEFAULT_OVERLAY, includeInnerProduct = false, multipliers }: ScaleOptions = {},
): ScalingEntry[] {
  const { hasPoolingEntries } = overlayOf(overlay);
  return layers
    .filter(
      ({ form }) =>
        (form !== 'InnerProduct' || includeInnerProduct) && (form !== 'AveragePooling' || hasPoolingEntries),
    )
    .map((layer) => buildEntry(withMultipliers(layer, overlay, multipliers), overlay));
}

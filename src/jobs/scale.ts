import { buildEntry, type LayerCalibration, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { DEFAULT_OVERLAY } from './overlays.js';

/** The overlay of a scaling file, and the layers that have an entry in it. */
export interface ScaleOptions {
  /** `v2` where absent. */
  readonly overlay?: Overlay | undefined;
  /** Whether fully connected layers have entries; not where absent. */
  readonly includeInnerProduct?: boolean | undefined;
}

/**
 * The entries of a scaling file from the thresholds that {@link calibrate} measured, in network order. Average pooling
 * has entries on v3 only. Source: docs/spec/quantizer.md, section 6.
 */
export function scaleLayers(
  layers: readonly LayerCalibration[],
  { overlay = DEFAULT_OVERLAY, includeInnerProduct = false }: ScaleOptions,
): ScalingEntry[] {
  return layers
    .filter(
      ({ form }) => (form !== 'InnerProduct' || includeInnerProduct) && (form !== 'AveragePooling' || overlay === 'v3'),
    )
    .map((layer) => buildEntry(layer, overlay));
}

import { buildEntry, type LayerCalibration, type Overlay, type ScalingEntry } from '../scaling/index.js';

/** What of a calibration becomes an entry, and for which overlay. */
export interface ScaleOptions {
  readonly overlay?: Overlay | undefined;
  readonly include_inner_product?: boolean | undefined;
}

/** The entries of a scaling file from what the walk measured, in network order. */
export function scaleLayers(
  layers: readonly LayerCalibration[],
  { overlay = 'v2', include_inner_product }: ScaleOptions,
): ScalingEntry[] {
  return layers
    .filter(
      ({ form }) =>
        (form !== 'InnerProduct' || include_inner_product === true) && (form !== 'AveragePooling' || overlay === 'v3'),
    )
    .map((layer) => buildEntry(layer, overlay));
}

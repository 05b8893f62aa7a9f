import type { Overlay } from '../scaling/index.js';

/** The overlays that a scaling file can be for. */
export const OVERLAYS = ['v2', 'v3'] as const satisfies readonly Overlay[];

/** The overlay where none is named. */
export const DEFAULT_OVERLAY: Overlay = 'v2';

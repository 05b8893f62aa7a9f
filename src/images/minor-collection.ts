/** Bytes of dead arrays from which a collection pays: those of two or three photographs of 640 x 480. */
const ENOUGH = 8e6;

/** Together more than V8's young generation holds (16 MiB). Longer arrays would not be allocated there. */
const FILLERS = 96;
const FILLER_LENGTH = 16_000;

let garbage = 0;

/** Keeps the fillers observable; V8 leaves out allocations that nothing can read. */
const held: { filler: unknown } = { filler: null };

/**
 * Fills V8's young generation so that a minor collection runs between images. To be called after an image is decoded,
 * when few objects are alive; acts once enough bytes have been reported. `bytes`: typed arrays allocated for the image.
 *
 * jpeg-js allocates an array for every block of 64 samples. Their bytes count towards a full collection, which would
 * otherwise run while an image is decoded and discard the compiled form of jpeg-js's inner functions. A minor
 * collection discards no code, but a program cannot request one. Other engines only lose the time of the allocations.
 */
export function runMinorCollection(bytes: number): void {
  garbage += bytes;
  if (garbage < ENOUGH) return;
  garbage = 0;
  for (let i = 0; i < FILLERS; i++) held.filler = new Array(FILLER_LENGTH);
  held.filler = null;
}

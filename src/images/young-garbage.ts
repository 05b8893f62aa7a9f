/** Bytes of dead arrays that are worth a collection: three or four photographs of 640 x 480. */
const ENOUGH = 16e6;

/** Beside what the images left, these fill V8's young generation, of 16 MiB, for certain; longer arrays would not be placed there. */
const FILLERS = 96;
const FILLER_LENGTH = 16_000;

let garbage = 0;

/** Held by the module, or V8 would see that nobody reads them and not make them. */
const held: { filler: unknown } = { filler: null };

/**
 * Has V8 collect its young generation between two images, once they have left enough behind; to be called when an image is decoded and little
 * else is alive. `bytes`: what its decoding allocated in typed arrays.
 *
 * jpeg-js makes an array for every block of 64 samples. Their bytes count towards a full collection, which so falls amid the next image, where
 * its arrays are made, and drops the compiled form of jpeg-js's inner functions, which exist only while a file is decoded; all of them are
 * compiled anew, seven times in 32 photographs. A young collection drops no code and is done in a few milliseconds, but there is no asking for
 * it: it comes when the young generation is full. On other engines they are a few milliseconds wasted, once in three or four photographs.
 */
export function collectYoung(bytes: number): void {
  garbage += bytes;
  if (garbage < ENOUGH) return;
  garbage = 0;
  for (let i = 0; i < FILLERS; i++) held.filler = new Array(FILLER_LENGTH);
  held.filler = null;
}

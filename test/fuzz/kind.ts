import type { Random } from './random.js';

/** One kind of file: how a case is made, and what is done with it. A case that ends otherwise than well or in an XfdnnError is a finding. */
export interface Kind {
  make(random: Random): Uint8Array;
  check(bytes: Uint8Array): Promise<void>;
}

/** How one member of a pool claims images. Plain data, so that it can be sent to the member. */
export interface ImageQueue {
  /** Images of the whole batch. */
  readonly count: number;
  readonly member: number;
  readonly members: number;
  /** The next unclaimed image, in memory that the members share; null where memory cannot be shared. */
  readonly next: Int32Array | null;
}

/** A queue for each member, all of one batch. */
export function openImageQueues(count: number, members: number): ImageQueue[] {
  const next = members > 1 && typeof SharedArrayBuffer === 'function' ? new Int32Array(new SharedArrayBuffer(4)) : null;
  return Array.from({ length: members }, (_, member) => ({ count, member, members, next }));
}

/**
 * The images of one member, each claimed when it is about to be read. With shared memory a free member claims the next image of the
 * batch; without it image i is member `i mod members`'s. Members claim in ascending order, so that an image that no member claims comes
 * after all images that one of them does.
 */
export function* claimImages({ count, member, members, next }: ImageQueue): Generator<number, void> {
  let image = next === null ? member : Atomics.add(next, 0, 1);
  while (image < count) {
    yield image;
    image = next === null ? image + members : Atomics.add(next, 0, 1);
  }
}

/** Images that one member gives to another. */
export interface Transfer {
  readonly from: number;
  readonly to: number;
  readonly images: readonly number[];
}

/**
 * Transfers after which no member has two images more than another. `owned`: the images of each member. Members read images at
 * different speeds, but need the same time for the steps after it.
 */
export function balance(owned: readonly (readonly number[])[]): Transfer[] {
  const total = owned.reduce((sum, images) => sum + images.length, 0);
  const least = Math.floor(total / owned.length);
  // The members with most images keep one of those that are left over.
  const byCount = owned.map((images, member) => ({ member, images })).sort((a, b) => b.images.length - a.images.length);
  const ranked = byCount.map((each, rank) => ({ ...each, target: least + (rank < total % owned.length ? 1 : 0) }));
  const spare = ranked.flatMap(({ member, images, target }) =>
    images.slice(target).map((image) => ({ from: member, image })),
  );
  return ranked.flatMap(({ member, images, target }) =>
    inTransfers(member, spare.splice(0, Math.max(0, target - images.length))),
  );
}

/** Spare images as transfers to one member, neighbours of one owner together. */
function inTransfers(to: number, spare: readonly { readonly from: number; readonly image: number }[]): Transfer[] {
  const owners = [...new Set(spare.map(({ from }) => from))];
  return owners.map((from) => ({
    from,
    to,
    images: spare.filter((each) => each.from === from).map(({ image }) => image),
  }));
}

/** How one member of a pool comes by its images; plain data, so that it can be sent to it. */
export interface Draw {
  /** Images of the whole batch. */
  readonly count: number;
  readonly member: number;
  readonly members: number;
  /** The next image that nobody has drawn, in memory that the members share; null where memory cannot be shared. */
  readonly next: Int32Array | null;
}

/** A draw for each member, all from one batch. */
export function openDraw(count: number, members: number): Draw[] {
  const next = members > 1 && typeof SharedArrayBuffer === 'function' ? new Int32Array(new SharedArrayBuffer(4)) : null;
  return Array.from({ length: members }, (_, member) => ({ count, member, members, next }));
}

/**
 * The images of one member, each drawn when it is asked for: whoever is free takes the next one. Without shared memory image i is
 * member `i mod members`'s. Either way every image before one that was drawn has been drawn.
 */
export function* drawImages({ count, member, members, next }: Draw): Generator<number, void> {
  let image = next === null ? member : Atomics.add(next, 0, 1);
  while (image < count) {
    yield image;
    image = next === null ? image + members : Atomics.add(next, 0, 1);
  }
}

/** Images that go from one member to another. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly images: readonly number[];
}

/** Moves after which no member has two images more than another: reading images is work of another length than what comes after. */
export function evenOut(owned: readonly (readonly number[])[]): Move[] {
  const total = owned.reduce((sum, images) => sum + images.length, 0);
  const least = Math.floor(total / owned.length);
  // Who has most keeps one of those that do not divide.
  const byCount = owned.map((images, member) => ({ member, images })).sort((a, b) => b.images.length - a.images.length);
  const targets = byCount.map((_, rank) => least + (rank < total % owned.length ? 1 : 0));
  const spare = byCount.flatMap(({ member, images }, rank) =>
    images.slice(targets[rank]).map((image) => ({ from: member, image })),
  );
  const moves: Move[] = [];
  byCount.forEach(({ member: to, images }, rank) => {
    for (const { from, image } of spare.splice(0, Math.max(0, targets[rank]! - images.length))) {
      const last = moves.at(-1);
      if (last?.from === from && last.to === to) (last.images as number[]).push(image);
      else moves.push({ from, to, images: [image] });
    }
  });
  return moves;
}

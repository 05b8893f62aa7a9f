/** Which boxes may be chosen: at most `count`, each with a score above `score`, no two that overlap by more than `overlap`. */
export type Suppression = {
  readonly count: number;
  readonly overlap: number;
  readonly score: number;
};

/** A corner and the opposite one, y before x, in any order. */
function cornersOf(boxes: ArrayLike<number>, box: number): [top: number, left: number, bottom: number, right: number] {
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = [0, 1, 2, 3].map((side) => boxes[4 * box + side] ?? 0);
  return [Math.min(y1, y2), Math.min(x1, x2), Math.max(y1, y2), Math.max(x1, x2)];
}

/** The common area of two boxes as a part of that of both together; 0 for one without area. */
function overlapOf(boxes: ArrayLike<number>, a: number, b: number): number {
  const [top, left, bottom, right] = cornersOf(boxes, a);
  const [otherTop, otherLeft, otherBottom, otherRight] = cornersOf(boxes, b);
  const [area, otherArea] = [(bottom - top) * (right - left), (otherBottom - otherTop) * (otherRight - otherLeft)];
  if (!(area > 0 && otherArea > 0)) return 0;
  const height = Math.max(Math.min(bottom, otherBottom) - Math.max(top, otherTop), 0);
  const width = Math.max(Math.min(right, otherRight) - Math.max(left, otherLeft), 0);
  return (height * width) / (area + otherArea - height * width);
}

/** The chosen boxes, from the highest score on; of equal scores the first box. */
export function selectBoxes(
  boxes: ArrayLike<number>,
  scores: ArrayLike<number>,
  { count, overlap, score }: Suppression,
): number[] {
  const order = Array.from(scores, (_, box) => box)
    .filter((box) => scores[box]! > score)
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
  const chosen: number[] = [];
  for (const box of order) {
    if (chosen.length >= count) break;
    if (chosen.every((other) => !(overlapOf(boxes, box, other) > overlap))) chosen.push(box);
  }
  return chosen;
}

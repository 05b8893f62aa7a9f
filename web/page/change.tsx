/** By how many decibels a ratio changed. */
export function Change({ now, before }: { readonly now: number | null; readonly before: number | null }) {
  if (now === null || before === null) return null;
  const change = now - before;
  if (!Number.isFinite(change) || Math.abs(change) < 0.05) return null;
  return (
    <span class={change < 0 ? 'bad' : 'good'}>
      {change > 0 ? '+' : '−'}
      {Math.abs(change).toFixed(1)}
    </span>
  );
}

/**
 * A share, 0 to 1, as a percentage: with two decimals, or with so many significant digits. A share above 0 is never shown as 0.
 * The one formatter of shares in every text.
 */
export function percent(share: number, significant?: number): string {
  const value = 100 * share;
  if (significant !== undefined) {
    const text = value.toPrecision(significant);
    // A number of more whole digits than that would get an exponent.
    return `${/e\+/.test(text) ? Math.round(value) : text} %`;
  }
  const text = value.toFixed(2);
  return share > 0 && text === '0.00' ? '<0.01 %' : `${text} %`;
}

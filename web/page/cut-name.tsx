/** Characters at the end of a name that are always shown. */
const TAIL = 16;

/** A name that is cut in its middle where it is too long: names of one network tend to begin alike and to differ at their ends. */
export function CutName({ name }: { readonly name: string }) {
  const at = splitOf(name);
  return (
    <span class="name cut" title={name}>
      <span>{name.slice(0, at)}</span>
      <span>{name.slice(at)}</span>
    </span>
  );
}

/** Where the end of a name begins: behind a separator if one is near. */
function splitOf(name: string): number {
  const least = Math.max(0, name.length - TAIL);
  const separator = name.slice(least).search(/[/_.]/);
  return separator < 0 || name.length - least - separator < TAIL / 2 ? least : least + separator;
}

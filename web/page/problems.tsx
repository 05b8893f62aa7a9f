import type { Lab } from './lab.js';

/** What went wrong, told to a screen reader at once. */
export function Problems({ lab, problems }: { readonly lab: Lab; readonly problems: readonly string[] }) {
  return (
    <div role="alert">
      {problems.length > 0 && (
        <div class="problems">
          <ul>
            {problems.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <button type="button" onClick={() => lab.dismiss()}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}

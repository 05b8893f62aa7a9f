import type { Lab } from './lab.js';

interface DownloadProps {
  readonly name: string;
  readonly text: string;
  readonly title: string;
}

/** A button that saves a text as a file. */
export function Download({ name, text, title }: DownloadProps) {
  return (
    <button type="button" class="download" title={name} onClick={() => save(name, text, 'application/json')}>
      {title}
    </button>
  );
}

/** A button that makes the report of the last verification, and saves it. */
export function SaveReport({ lab, name }: { readonly lab: Lab; readonly name: string }) {
  return (
    <button
      type="button"
      class="download"
      disabled={lab.state.task !== undefined}
      onClick={() => lab.report((text) => save(name, text, 'text/html'))}
    >
      Save the report
    </button>
  );
}

/** How long a browser may take to begin with a file, in milliseconds. */
const PATIENCE_MS = 60_000;

function save(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE_MS);
}

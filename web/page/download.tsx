interface DownloadProps {
  readonly name: string;
  readonly text: string;
  readonly type?: string;
}

/** A button that saves a text as a file. */
export function Download({ name, text, type = 'application/json' }: DownloadProps) {
  return (
    <button type="button" class="download" onClick={() => save(name, new Blob([text], { type }))}>
      {name}
    </button>
  );
}

function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The text of an element of a page that is one file; undefined where the page has files of its own. */
const embedded = (id: string): string | undefined => document.getElementById(id)?.textContent ?? undefined;

/** The worker's script: its text where the page is one file, else its address. */
export function sessionScript(): Blob | URL {
  const text = embedded('session');
  return text === undefined ? new URL('session.js', document.baseURI) : new Blob([text], { type: 'text/javascript' });
}

/** The files of the example by their path. Throws an Error where it cannot be fetched. */
export async function exampleFiles(): Promise<Map<string, Blob>> {
  const buffer = await exampleBytes();
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length))) as [string, number][];
  const files = new Map<string, Blob>();
  let at = 4 + length;
  for (const [path, size] of head) {
    files.set(path, new Blob([buffer.slice(at, at + size)]));
    at += size;
  }
  return files;
}

async function exampleBytes(): Promise<ArrayBuffer> {
  const text = embedded('example');
  if (text !== undefined) return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer;
  const response = await fetch('example.bin').catch(() => undefined);
  if (response?.ok !== true)
    throw new Error('The example cannot be fetched. The lab as one file, xfdnn-lab.html, has it inside.');
  return response.arrayBuffer();
}

const signatures: readonly (readonly [string, readonly number[], number])[] = [
  ['an HDF5 file', [0x89, 0x48, 0x44, 0x46], 0],
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04], 0],
  ['a gzip archive', [0x1f, 0x8b], 0],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf], 0],
  ['a NumPy array', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 0],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47], 0],
  ['a JPEG image', [0xff, 0xd8, 0xff], 0],
  ['a TensorFlow Lite model', [0x54, 0x46, 0x4c, 0x33], 4],
  ['a Python pickle', [0x80, 0x02], 0],
  ['a Python pickle', [0x80, 0x04, 0x95], 0],
  ['a tar archive', [0x75, 0x73, 0x74, 0x61, 0x72], 257],
];

/**
 * The kind of a file by its first bytes, in words for a message (`an HDF5 file`, `a text file`); undefined if none is
 * recognised. ONNX is recognised by the first fields of its ModelProto.
 */
export function sniff(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'an empty file';
  const found = signatures.find(([, magic, at]) => magic.every((byte, index) => bytes[at + index] === byte));
  if (found !== undefined) return found[0];
  if (looksLikeText(bytes)) return textKind(new TextDecoder().decode(bytes.slice(0, 256)));
  // ModelProto: ir_version (varint field 1), then producer_name (2) or graph (7).
  if (bytes[0] === 0x08 && bytes[1]! < 0x20 && (bytes[2] === 0x12 || bytes[2] === 0x3a)) return 'an ONNX model';
  return undefined;
}

/** Whether the first 1024 bytes are printable ASCII, UTF-8 beyond it, or white space. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.slice(0, 1024);
  return (
    head.length > 0 &&
    head.every((byte) => (byte >= 32 ? byte !== 127 : byte === 9 || byte === 10 || byte === 12 || byte === 13)) &&
    isUtf8(head)
  );
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function textKind(head: string): string {
  if (head.startsWith('version https://git-lfs')) return 'a Git LFS pointer, not the file itself';
  if (/^\s*<(!doctype|html|\?xml)/i.test(head)) return 'a web page or XML file';
  return 'a text file';
}

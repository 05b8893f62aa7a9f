/** A file that was chosen or dropped, with its path from the chosen folder on. */
export interface GivenFile {
  readonly path: string;
  readonly blob: Blob;
}

/** The files of a field; those of a folder keep its name in their path. */
export const chosenFiles = (list: FileList | null): GivenFile[] =>
  [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));

/** The files of a drop, also those of its folders. */
export async function droppedFiles(data: DataTransfer): Promise<GivenFile[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files = await Promise.all(entries.map((entry) => filesOf(entry)));
  return files.flat();
}

async function filesOf(entry: FileSystemEntry): Promise<GivenFile[]> {
  if (entry.isFile) {
    const blob = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), blob }];
  }
  const inner = await entriesOf((entry as FileSystemDirectoryEntry).createReader());
  return (await Promise.all(inner.map(filesOf))).flat();
}

/** The entries of a folder: a browser gives some at a time, and none at the end. */
async function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  return some.length === 0 ? [] : [...some, ...(await entriesOf(reader))];
}

export { afterPause, cores, environment, machineMemory, mayBlock, nextTurn, randomSeed } from './environment.js';
export type { OnBytes } from './files.js';
export {
  exists,
  fileKeys,
  listFiles,
  listFolders,
  readChunks,
  readFile,
  readFileShared,
  readStart,
  removeFile,
  stat,
} from './files.js';
export { sha256 } from './hash.js';
export { inflate } from './inflate.js';
export type { FileContents, FileKind, FileStatus, MountedFiles } from './mounted-files.js';
export { blobOf, keepingFiles, mountFiles, unmountFiles } from './mounted-files.js';
export { isNode } from './node.js';
export { baseName, compareNames, joinPath, replaceExtension } from './path.js';
export type { TemporaryFile } from './temporary-file.js';
export { attachTemporaryFile, openTemporaryFile } from './temporary-file.js';
export { VERSION } from './version.js';
export type { WorkerEvents, WorkerHandle, WorkerPort } from './worker.js';
export { openWorkerPort, startWorker, useWorkerScript } from './worker.js';
export type { Outputs } from './write-file.js';
export { checkWritable, writeFileAtomic, writeFilesAtomic } from './write-file.js';

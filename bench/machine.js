import { readFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';

/** What the figures depend on, in one line: processor, cores, memory, Node, peers, day. Nothing that names the machine. */
export function describeMachine() {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
  const versions = Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  const day = new Date().toISOString().slice(0, 10);
  return `${cpus[0]?.model.trim() ?? 'unknown processor'}, ${cpus.length} cores, ${memory} GiB, ${os.type()} ${process.arch}, Node ${process.versions.node}, ${day}; ${versions}`;
}

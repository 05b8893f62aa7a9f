import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { moduleFile } from '../scratch.js';
import { root } from '../support.js';

const isNode = !('Bun' in globalThis || 'Deno' in globalThis);

/** What an engine runs on, and the sum of two numbers by its kernels after its heap has grown, in a process of its own. */
function engineOf(flags: readonly string[], before: string): string {
  const engine = new URL('../../src/kernels/engine.js', import.meta.url).href;
  const program = `${before}
    const { createEngine } = await import(${JSON.stringify(engine)});
    const { heap, kernels, kind } = await createEngine();
    const at = heap.alloc(4);
    heap.f32(at, 1)[0] = 1.25;
    heap.alloc(1_000_000);
    kernels.add_f32(at, at, at, 1);
    console.log(\`\${kind} \${heap.f32(at, 1)[0]}\`);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, moduleFile(program)], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  return stdout.trim();
}

test('kernels where there is WebAssembly SIMD', () => {
  assert.is(engineOf([], ''), 'wasm 2.5');
});

test('twins where the runtime has no WebAssembly', () => {
  assert.is(engineOf([], 'delete globalThis.WebAssembly;'), 'twin 2.5');
  // Other runtimes know no such flag.
  if (isNode) assert.is(engineOf(['--jitless'], ''), 'twin 2.5');
});

test('twins where it has no SIMD', () => {
  assert.is(engineOf([], 'WebAssembly.validate = () => false;'), 'twin 2.5');
});

test('twins where a content security policy refuses to compile', () => {
  const refuse = "WebAssembly.compile = async () => { throw new WebAssembly.CompileError('refused by policy'); };";
  assert.is(engineOf([], refuse), 'twin 2.5');
});

test.run();

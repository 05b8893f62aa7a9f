import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { calibrationTasks, openField } from '../../src/calibration/pool-executor.js';
import { fail } from '../../src/error.js';
import type { Memory, Pool } from '../../src/runtime/pool.js';

/** Several members in this thread that do not wait for each other. */
function interleaved(size: number, tasks: ReturnType<typeof calibrationTasks>): Pool {
  const members = Array.from({ length: size }, () => ({
    memory: new Map() as Memory,
    last: Promise.resolve() as Promise<unknown>,
  }));
  const one = (member: number, task: string, argument: unknown): Promise<any> => {
    const { memory, last } = members[member]!;
    const result = last.then(() => tasks[task]!(memory, argument));
    members[member]!.last = result.catch(() => undefined);
    return result;
  };
  return {
    size,
    one,
    all: (task, argument) => Promise.all(members.map((_, member) => one(member, task, argument(member)))),
    close: async () => undefined,
  };
}

test('of several broken images the first in calibration order is named, whatever the number of threads', async () => {
  const prototxt =
    'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1 dim: 2 dim: 2 } } }\nlayer { name: "a" type: "ReLU" bottom: "data" top: "a" }';
  const graph = loadCaffe({ prototxt, seedWeights: 1 });
  const slowest = 3;
  const load = async (image: number): Promise<Float32Array> => {
    await new Promise((resolve) => setTimeout(resolve, image === slowest ? 40 : 1));
    if (image >= slowest) fail('data', `image ${image}`, 'broken.');
    return new Float32Array(4);
  };
  for (const size of [1, 2, 3, 4, 8]) {
    const field = await openField(
      interleaved(
        size,
        calibrationTasks(() => load),
      ),
      graph,
      8,
      null,
      1e6,
    );
    const error = await field.steps([{ do: 'input', output: graph.inputs[0]! }]).catch((thrown) => thrown);
    assert.is(error.message, 'image 3: broken.', `${size} members`);
    await field.close();
  }
});

test.run();

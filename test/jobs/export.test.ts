import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy } from '../../src/formats/npy.js';
import { exportKit } from '../../src/jobs/export.js';
import { type QuantizeFlags, quantize } from '../../src/jobs/quantize.js';
import { verifyDumps } from '../../src/jobs/verify-dumps.js';
import { isFault } from '../../src/scaling-file/fault.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { smallNetwork } from '../cli/fixtures.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';

/** Every kind of layer of the overlay: leaky and capped activations, groups, dilation, a host layer between, moves. */
const kinds = `name: "kinds"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [1, 3, 8, 8] } } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "leaky" type: "ReLU" bottom: "conv1" top: "conv1" relu_param { negative_slope: 0.1 } }
layer { name: "conv2" type: "Convolution" bottom: "conv1" top: "conv2" convolution_param { num_output: 8 kernel_size: 3 pad: 2 dilation: 2 group: 2 stride: 1 } }
layer { name: "prelu" type: "PReLU" bottom: "conv2" top: "conv2" }
layer { name: "sum" type: "Eltwise" bottom: "conv1" bottom: "conv2" top: "sum" eltwise_param { coeff: 1 coeff: -0.5 } }
layer { name: "sum_leaky" type: "ReLU" bottom: "sum" top: "sum_leaky" relu_param { negative_slope: 0.25 } }
layer { name: "most" type: "Eltwise" bottom: "sum_leaky" bottom: "conv2" top: "most" eltwise_param { operation: MAX } }
layer { name: "norm" type: "LRN" bottom: "most" top: "norm" }
layer { name: "up" type: "Deconvolution" bottom: "norm" top: "up" convolution_param { num_output: 4 kernel_size: 4 stride: 2 pad: 1 } }
layer { name: "relu6" type: "ReLU6" bottom: "up" top: "up" }
layer { name: "max" type: "Pooling" bottom: "up" top: "max" pooling_param { pool: MAX kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "max_leaky" type: "ReLU" bottom: "max" top: "max_leaky" relu_param { negative_slope: 0.1 } }
layer { name: "ave" type: "Pooling" bottom: "up" top: "ave" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }
layer { name: "joined" type: "Concat" bottom: "max_leaky" bottom: "ave" top: "joined" }
layer { name: "turned" type: "Permute" bottom: "joined" top: "turned" permute_param { order: [0, 1, 3, 2] } }
layer { name: "scaled" type: "Scale" bottom: "turned" top: "scaled" scale_param { bias_term: true } }
layer { name: "fc" type: "InnerProduct" bottom: "scaled" top: "fc" inner_product_param { num_output: 5 } }
`;

const temporary = scratchFolder();

const folder = smallNetwork({ 'kinds.prototxt': kinds });
const small = {
  deploy_model: join(folder, 'kinds.prototxt'),
  seed_weights: 3,
  calibration_directory: join(folder, 'images'),
  calibration_indices: [0, 1, 2, 3],
  calibration_size: 4,
  include_inner_product: true,
};
const example = join(root, 'examples/cifar10');
const images = { calibration_directory: join(example, 'calibration'), calibration_seed: 1, calibration_size: 8 };
const caffe = {
  deploy_model: join(example, 'deploy.prototxt'),
  weights: join(example, 'model.caffemodel'),
  ...images,
};
const tensorflow = { deploy_model: join(example, 'model.pb'), preset: 'original' as const, ...images };

/** Makes a scaling file and a kit of it in a folder of their own. */
async function kitOf(flags: Omit<QuantizeFlags, 'output_json'>, trace: readonly string[] = []) {
  const place = mkdtempSync(join(temporary, 'kit-'));
  const scaling = join(place, 'q.json');
  await quantize({ ...flags, output_json: scaling, threads: 1, no_quick_look: true });
  const { deploy_model, weights, seed_weights, preset, calibration_directory } = flags;
  const own = { deploy_model, weights, seed_weights, preset };
  const network = { ...own, scaling, image_count: 2, images: calibration_directory };
  const kit = join(place, 'kit');
  return { network, kit, result: await exportKit({ ...network, folder: kit, trace }) };
}

const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0);
const testCompiled = compiler === undefined ? test.skip : test;

/** Compiles the reading against a kit and runs it: the number of wrong codes by layer, of those that have any. */
function wrongCodes(kit: string): string[] {
  const program = join(kit, '../reading');
  const flags = ['-std=c11', '-O1', '-ffp-contract=off', '-Wall', '-Werror', '-Wno-unused-variable'];
  const source = join(root, 'examples/board/reading.c');
  const built = spawnSync(compiler ?? 'cc', [...flags, '-I', kit, source, '-o', program, '-lm'], { encoding: 'utf8' });
  assert.is(built.status, 0, built.stderr);
  const { status, stdout, stderr } = spawnSync(program, { cwd: kit, encoding: 'utf8' });
  const wrong = stdout.split('\n').filter((line) => line !== '' && !line.endsWith(' 0'));
  assert.is(status, wrong.length === 0 ? 0 : 1, stderr);
  assert.match(stdout, /^vectors\/interLayerV2 0$/m);
  return wrong;
}

for (const overlay of ['v2', 'v3'] as const) {
  for (const bits of [8, 16]) {
    testCompiled(`a reading in C gives the golden codes: every kind of layer, ${overlay}, ${bits} bits`, async () => {
      const { kit, result } = await kitOf({ ...small, overlay, bitwidths: [bits, bits, bits] });
      const { layers } = JSON.parse(readFileSync(join(kit, 'network.json'), 'utf8'));
      const seen = new Set(layers.map(({ kind }: { kind: string }) => kind));
      const all = ['activation', 'average_pool', 'eltwise_max', 'eltwise_sum', 'max_pool', 'move', 'weighted'];
      assert.equal([...seen].sort(), all);
      assert.is(result.layers.length, layers.length);
      assert.equal(wrongCodes(kit), []);
    });
  }
}

testCompiled(
  'a reading in C gives the golden codes: a TensorFlow graph, channels last, and a changed code is found',
  async () => {
    const { kit } = await kitOf(tensorflow);
    assert.equal(wrongCodes(kit), []);
    const [name = ''] = readdirSync(join(kit, 'codes')).filter((file) => /inc/.test(file));
    const bytes = readFileSync(join(kit, 'codes', name));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(kit, 'codes', name), bytes);
    assert.ok(wrongCodes(kit).length > 0);
  },
);

const networks = { 'every kind of layer': small, 'folded batch norms': caffe, 'a TensorFlow graph': tensorflow };
for (const [title, flags] of Object.entries(networks))
  test(`golden codes are those that verify --dumps expects: ${title}`, async () => {
    const { kit, network } = await kitOf(flags);
    const { dumps, firstDifference } = await verifyDumps({ ...network, dumps: join(kit, 'codes') });
    assert.is(firstDifference, null);
    assert.is(dumps.length, readdirSync(join(kit, 'codes')).length);
  });

test('a traced pixel: its terms add up, its steps end at the golden code', async () => {
  const words = [
    'conv1:2,0,7',
    'conv2:7,3,3',
    'sum:1,2,3',
    'up:1,5,5',
    'max:0,0,0',
    'ave:3,7,7',
    'scaled:0,1,2',
    'fc:4,0,0',
  ];
  const { kit } = await kitOf({ ...small, overlay: 'v2' }, words);
  const { traces } = JSON.parse(readFileSync(join(kit, 'traces.json'), 'utf8'));
  const { layers } = JSON.parse(readFileSync(join(kit, 'network.json'), 'utf8'));
  const codesOf = (path: string) => readNpy(new Uint8Array(readFileSync(join(kit, path))), path).data;
  assert.equal(
    traces.map(({ layer }: { layer: string }) => layer),
    words.map((word) => word.replace(/:.*/, '')),
  );
  for (const { layer, result, channel, y, x, images } of traces) {
    const file = join(kit, 'codes', `${result}.npy`);
    const { shape, data } = readNpy(new Uint8Array(readFileSync(file)), file);
    const [, , rows = 1, columns = 1] = shape;
    const size = data.length / shape[0]!;
    assert.is(images.length, 2);
    const { inputs, results } = layers.find(({ name }: any) => name === layer);
    const { negative: leaky } = results.find(({ name }: any) => name === result);
    images.forEach(({ terms, accumulator, code, negative }: any, image: number) => {
      if (layer === 'sum')
        assert.equal(
          terms.map(({ operand }: any) => operand),
          [0, 1],
        );
      for (const { operand, input: element, stored, code: read } of terms) {
        const codes = codesOf(inputs[operand].file);
        assert.is(stored, codes[(image * codes.length) / 2 + element]);
        if (inputs[operand].rescale === null && inputs[operand].kind === 'codes') assert.is(read, stored);
      }
      assert.is(negative, leaky != null && code < 0 && accumulator < 0);
      const products = terms.map((term: any) => term.code * term.weight);
      const sum = products.reduce((a: number, b: number) => a + b, 0);
      assert.is(accumulator, layer === 'max' ? Math.max(...products) : sum, layer);
      assert.is(code, data[image * size + (channel * rows + y) * columns + x], layer);
    });
  }
});

test('a file with faults is exported as it is, with a warning; an export again leaves no file of the former', async () => {
  const { network, kit } = await kitOf(small, ['conv1:0,0,0']);
  const entries = JSON.parse(readFileSync(network.scaling, 'utf8')).network;
  const right = entries[0].scale[0];
  entries[0].scale[0] = right - 1;
  writeFileSync(network.scaling, formatScaling(entries));
  const own = join(kit, 'notes.txt');
  const stale = ['../q.json', 'codes/../../q.json', 'codes/gone.npy'];
  const described = JSON.parse(readFileSync(join(kit, 'network.json'), 'utf8'));
  assert.is(described.scaling_faults.count, 0);
  assert.ok(described.files.includes('traces.json'));
  writeFileSync(join(kit, 'network.json'), JSON.stringify({ ...described, files: [...described.files, ...stale] }));
  for (const path of [own, join(kit, 'codes/gone.npy')]) writeFileSync(path, '');
  const lines: string[] = [];
  const warn = (line: string) => lines.push(line);
  const result = await exportKit({ ...network, folder: kit }, { warn });
  const message = `entry "conv1": scale[0]: expected ${right}, which follows from the thresholds, got ${right - 1}.`;
  assert.equal(lines, [
    `warning: codes are computed with a scaling file that has 1 fault, as it is. It is: ${network.scaling}: ${message} xfdnn check lists all of them.`,
  ]);
  assert.is(result.faults.filter(isFault).length, 1);
  const after = JSON.parse(readFileSync(join(kit, 'network.json'), 'utf8'));
  assert.equal([after.scaling_faults.count, after.scaling_faults.first[0].key], [1, 'scale']);
  const written = readdirSync(kit, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  assert.is(written.length, after.files.length + 1);
  assert.ok(existsSync(own) && existsSync(network.scaling));
  const dumped: string[] = [];
  const { faults } = await verifyDumps(
    { ...network, dumps: join(kit, 'codes') },
    { warn: (line) => dumped.push(line) },
  );
  assert.equal([dumped, faults], [lines, result.faults]);
});

test('what export refuses, before it writes anything', async () => {
  const { network } = await kitOf(small);
  const empty = join(temporary, 'none');
  const refused = async (trace: string, message: RegExp): Promise<void> => {
    const job = exportKit({ ...network, folder: empty, trace: [trace] });
    const error = await job.then(
      () => assert.unreachable('expected an error'),
      (reason: unknown) => reason,
    );
    assert.match(error instanceof Error ? error.message : '', message);
  };
  await refused('conv1', /^--trace: expected layer:channel,y,x, got "conv1"\./);
  await refused(
    'conv1:8,0,0',
    /^--trace: expected a channel, row and column of "conv1" \(1x8x8x8\), got conv1:8,0,0\./,
  );
  await refused('cnov1:0,0,0', /^--trace: expected names of layers, got "cnov1", which matches none\..*conv1/);
  await refused('joined:0,0,0', /^--trace: expected a layer that the overlay computes, got "joined"/);
  assert.equal(
    readdirSync(temporary).filter((name) => name === 'none'),
    [],
  );
});

test.run();

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { normaliseArguments } from '../../src/cli/arguments.js';
import { quantizeProgram } from '../../src/cli/main.js';
import { withoutDeadFlags } from '../../src/cli/original.js';
import { completeFlags } from '../../src/cli/prefixes.js';
import { quantize } from '../../src/jobs/quantize.js';
import { root as projectRoot } from '../support.js';
import { refused, runProgram } from './command.js';
import { smallNetwork } from './fixtures.js';

/** The flags of a command line as the action of `quantize` gets them. */
function parsed(line: string): Record<string, unknown> {
  const program = quantizeProgram('0');
  let flags: Record<string, unknown> = {};
  program.action((given) => {
    flags = given;
  });
  const words = line.split(/\s+/).filter((word) => word !== '' && word !== '\\');
  program.parse(completeFlags(normaliseArguments(words), program), { from: 'user' });
  return flags;
}

const root = '$MLSUITE_ROOT';
const images = `--calibration_directory ${root}/models/data/ilsvrc12/ilsvrc12_img_cal --calibration_size 32`;
const transformer = '--transpose 2,0,1 --channel_swap 2,1,0 --raw_scale 255.0';

/** The folder that the scripts write to, beside themselves. */
const outputs = 'work';

/** A script of examples/quantize in release 1.2 and 1.3. */
const script = (
  model: string,
  deploy: string,
  weights: string,
  width: number,
  size: number,
  mean: string,
  scale = '1.0',
) =>
  `--deploy_model ${root}/models/caffe/${model}/fp32/${deploy}_deploy.prototxt \\
   --output_json ${root}/examples/quantize/${outputs}/caffe/${model}/${deploy}_quantized_int${width}_deploy.json \\
   --weights ${root}/models/caffe/${model}/fp32/${weights}.caffemodel ${images} \\
   --bitwidths ${width},${width},${width} --dims 3,${size},${size} ${transformer} --mean_value ${mean} --input_scale ${scale}`;

const googlenet = 'bvlc_googlenet_without_lrn';
const old = `--deploy_model /xlnx/models/${googlenet}/fp32/${googlenet}_deploy.prototxt --train_val_model /xlnx/models/${googlenet}/fp32/${googlenet}_train_val.prototxt --weights /xlnx/models/${googlenet}/fp32/${googlenet}.caffemodel`;

/** Command lines of the documentation and the example scripts of the ML Suite, after `python quantize.py`. */
const lines: readonly string[] = [
  // examples/quantize/*.sh
  script(googlenet, googlenet, googlenet, 16, 224, '104.0,117.0,123.0'),
  script(googlenet, googlenet, googlenet, 8, 224, '104.0,117.0,123.0'),
  script('inception_v3', 'inception_v3_without_bn', 'inception_v3_without_bn', 16, 299, '104,117,123'),
  script('resnet', 'resnet50_without_bn', 'resnet50_without_bn', 8, 224, '104.0,117.0,123.0'),
  script('resnet', 'resnet101_without_bn', 'resnet101_without_bn', 16, 224, '104.0,117.0,123.0'),
  script('resnet', 'resnet152_without_bn', 'resnet152_without_bn', 8, 224, '104.0,117.0,123.0'),
  script('squeezenet', 'squeezenet', 'squeezenet', 8, 227, '104.0,117.0,123.0'),
  script('mobilenet', 'mobilenet_without_bn', 'mobilenet_without_bn', 8, 224, '103.94,116.78,123.68', '0.017'),
  script('vgg16', 'vgg16', 'vgg16', 16, 224, '104.0,117.0,123.0'),
  script('places365', 'deploy', 'places365', 8, 224, '104.0,117.0,123.0'),
  script('flowers102', `${googlenet}`, googlenet, 8, 224, '104.0,117.0,123.0'),
  script('deephi', 'resnet50_pruned', 'resnet50_pruned', 8, 224, '104.0,117.0,123.0'),
  script('aiotlabs', 'resnet18_baseline_without_bn', 'resnet18_baseline_without_bn', 8, 224, '104.0,117.0,123.0'),
  script('aiotlabs', 'resnet18_emdnn_without_bn', 'resnet18_emdnn_without_bn', 16, 224, '104.0,117.0,123.0'),
  script('deephi', 'inception_v1_pruned_v3', 'inception_v1_pruned_v3', 16, 224, '104.0,117.0,123.0'),
  script('deephi', 'resnet50_baseline_with_scale', 'resnet50_baseline_with_scale', 16, 224, '104.0,117.0,123.0'),
  script('flowers102', 'resnet50_without_bn', 'resnet50_without_bn', 16, 224, '104.0,117.0,123.0').replaceAll(
    'ilsvrc12',
    'flowers102',
  ),
  script('yolov2', 'yolo_608', 'yolov2', 8, 608, '0.0,0.0,0.0').replace('255.0', '1.0'),
  // the page about the quantizer in the vendor's documentation
  `${script(googlenet, googlenet, googlenet, 8, 224, '104.0,117.0,123.0')} --calibration_indices 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31`,
  // the tutorials of the previews of 2017 and 2018
  `${old} --quantized_train_val_model q.train_val.prototxt --calibration_directory ../../imagenet_val/ --calibration_size 8`,
  `${old} --quantized_train_val_model q.train_val.prototxt --calibration_directory ../../imagenet_val/ --calibration_size 20`,
  `${old} --quantized_train_val_model q.train_val.prototxt --calibration_directory ../../imagenet_val/ --calibration_size 8 --bitwidths 8,8,8 --dims 3,224,224 --transpose 2,0,1 --channel_swap 2,1,0 --raw_scale 255.0 --mean_value 104,117,123 --input_scale 1.0`,
  `${old} --quantized_deploy_model /xlnx/models/${googlenet}/${googlenet}_quantized_deploy.prototxt --quantized_train_val_model /xlnx/models/${googlenet}/${googlenet}_quantized_train_val.prototxt --quantized_weights /xlnx/models/${googlenet}/${googlenet}_quantized.caffemodel --calibration_directory ../../imagenet_val/ --calibration_size 8 --calibration_indices 7720,7825,13145,13963,27567,28835,35295,46345 --bitwidths 8,8,8 --dims 3,224,224 --transpose 2,0,1 --channel_swap 2,1,0 --raw_scale 255.0 --mean_value 104,117,123 --input_scale 1.0`,
  `--deploy_model /xlnx/models/flowers102/fp32/${googlenet}_deploy.prototxt --weights /xlnx/models/flowers102/fp32/${googlenet}.caffemodel --calibration_directory ../../imagenet_val/ --calibration_size 8`,
  `${old} --quantized_deploy_model /xlnx/models/${googlenet}/${googlenet}_quantized_deploy.prototxt --quantized_train_val_model /xlnx/models/${googlenet}/${googlenet}_quantized_train_val.prototxt --quantized_weights /xlnx/models/${googlenet}/${googlenet}_quantized.caffemodel --calibration_directory ../../imagenet_val/ --calibration_size 20 --calibration_indices 963,2945,6586,8120,9584,14051,14063,14915,21814,26904,27202,29626,30109,38218,38750,41186,45414,46803,48362,48412 --bitwidths 8,8,8 --dims 3,224,224 --transpose 2,0,1 --channel_swap 2,1,0 --raw_scale 255.0 --mean_value 104,117,123 --input_scale 1.0`,
  // what the developer lab's run prints back
  `--deploy_model /xlnx/models/flowers102/fp32/${googlenet}_deploy.prototxt --weights /xlnx/models/flowers102/fp32/${googlenet}.caffemodel --calibration_directory ../../imagenet_val/ --calibration_size 8 --bitwidths [8,8,8] --dims [3,224,224] --transpose [2,0,1] --channel_swap [2,1,0] --raw_scale 255.0 --mean_value [104.0,117.0,123.0] --input_scale 1.0`,
  // the arguments of the notebooks, as flags
  `--deploy_model work/optimized_model.prototxt --weights work/optimized_model.caffemodel --output_json work/quantization_params.json --bitwidths [16,16,16] --dims [3,224,224] --transpose [2,0,1] --channel_swap [2,1,0] --raw_scale 255.0 --mean_value [104.007,116.669,122.679] --input_scale 1.0 --calibration_size 15 --calibration_directory ../xfdnn/tools/quantize/calibration_directory`,
  // apps/yolo/run.sh
  `--deploy_model yolo_deploy.prototxt --train_val_model yolo_deploy.prototxt --weights yolov2.caffemodel --quantized_deploy_model ./${outputs}/yolov2_quantized.prototxt --quantized_train_val_model ${outputs}/yolov2_quantized_8Bit.prototxt --quantized_weights ${outputs}/yolov2_without_bn_quantized.caffemodel --calibration_directory data/calibration_dataset_sample --calibration_size 8 --bitwidths 8,8,8 --dims 3,608,608 --mean_value 0,0,0 --input_scale 0.003921568`,
];

const folder = smallNetwork();

for (const line of lines)
  test(`as it stands: ${line.slice(0, 60).trim()}`, async () => {
    const { live } = withoutDeadFlags(parsed(line) as { output_json?: string });
    const flags = live as Record<string, unknown>;
    assert.match(String(flags['deploy_model']), /\.prototxt$/);
    assert.match(String(flags['weights']), /\.caffemodel$/);
    assert.type(flags['calibration_size'], 'number');
    for (const [, name = '', value = ''] of line.matchAll(/--(bitwidths|dims|mean_value) \[?([^\]\s]+)/g))
      assert.equal(flags[name], value.split(',').map(Number), name);
    if (line.includes('--quantized_train_val_model') && !line.includes('--output_json'))
      assert.match(String(flags['output_json']), /(train_val|8Bit)\.json$/);
    // The same run on a network that is there.
    const { output } = await quantize({
      ...flags,
      deploy_model: join(folder, 'net.prototxt'),
      weights: join(folder, 'net.caffemodel'),
      calibration_directory: join(folder, 'images'),
      output_json: join(folder, 'out.json'),
      dims: undefined,
      calibration_size: 2,
      calibration_indices: flags['calibration_indices'] === undefined ? undefined : [0, 3],
      threads: 1,
    });
    assert.ok(existsSync(output));
  });

/** Old scripts in the small network's folder; all of them run. */
const network = '--deploy_model net.prototxt --weights net.caffemodel --calibration_directory images/';
const shortened: readonly (readonly [line: string, written: string])[] = [
  [
    `${network} --train_val_model net.prototxt --quantized_train_val_model q.train_val.prototxt --calibration_size 4`,
    'q.train_val.json',
  ],
  [
    '--framework Caffe --deploy net.prototxt --w net.caffemodel --calibration_dir images --calibration_siz 4 --bitwidths 8 --overlay V3',
    'net.json',
  ],
  [
    `${network} --calibration-size 2 --calibration-seed 3 --Bitwidths [16,16,16] --overlay 2 --output_j q.json`,
    'q.json',
  ],
];
for (const [line, written] of shortened)
  test(`runs as it stands: ${line}`, () => {
    const { code, error } = runProgram('quantize', folder, [...line.split(' '), '--quiet']);
    assert.equal([code, error], [0, '']);
    assert.ok(existsSync(join(folder, written)));
  });

/** Lines for TensorFlow, release 1.3 on: the model is the weights, too. The example stands for the model and its images. */
const example = join(projectRoot, 'examples/cifar10');
const frozen = `--framework tensorflow --deploy_model ${example}/model.pb --calibration_directory ${example}/calibration --calibration_size 2`;
const tensorflow: readonly string[] = [
  `${frozen} --output_json tf/fix8.json --weights ${example}/model.pb --bitwidths [8,8,8] --dims [3,32,32] --transpose [2,0,1] --channel_swap [2,1,0] --raw_scale 255.0 --mean_value [104.0,117.0,123.0] --input_scale 1.0`,
  `${frozen} --output_json tf/fix16.json --bitwidths 16,16,16 --dims 3,32,32 --transpose 2,0,1 --channel_swap 2,1,0 --raw_scale 255.0 --mean_value 104.0,117.0,123.0 --input_scale 1.0 --input_layer data --output_layer prob`,
  `${frozen.replace('size 2', 'size 4')} --output_json tf/indices.json --calibration_indices [0,1] --input_layer data --output_layer prob`,
];
for (const line of tensorflow)
  test(`runs as it stands: ${line.slice(frozen.length)}`, () => {
    const { code, error } = runProgram('quantize', folder, line.split(' '));
    assert.is(code, 0, error);
    assert.is(/^note: --weights is taken and not used: a frozen graph/m.test(error), line.includes('--weights'));
    assert.ok(existsSync(join(folder, /--output_json (\S+)/.exec(line)?.[1] ?? '')));
  });

test('dead flags are taken with a note', () => {
  const { notes } = withoutDeadFlags({ train_val_model: 'a', quantized_weights: 'b' });
  assert.equal(notes.length, 2);
  assert.match(notes[0]!, /^note: --train_val_model is taken and not used/);
});

test('the beginning of several flags is refused', () => {
  refused(
    folder,
    ['quantize', '--d', 'net.prototxt'],
    2,
    /^--d: expected the beginning of one flag, got that of --deploy_model, --dims\./,
  );
});

test.run();

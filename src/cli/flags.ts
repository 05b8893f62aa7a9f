import type { Command, Option } from 'commander';
import { CALIBRATOR_NAMES, DEFAULT_CALIBRATOR } from '../calibration/thresholds/index.js';
import { DEFAULT_SAMPLE_SIZE, FRAMEWORKS, PRESETS, RESIZE_RULES, SAMPLERS } from '../images/index.js';
import { WALKS } from '../jobs/calibrate.js';
import { MULTIPLIER_KINDS, OVERLAY_NAMES } from '../scaling/index.js';
import { FAKE_QUANT_MODES } from '../tensorflow/index.js';
import {
  byteSize,
  layerWidths,
  listed,
  nameList,
  number,
  numberList,
  numbersOrFile,
  oneOf,
  pathOrAssignment,
  repeated,
  settings,
  version,
  wholeNumber,
  widths,
} from './arguments.js';
import { option } from './option.js';

/** `--overlay`. `byDefault`: the help text's words for the overlay where the flag is absent. */
export function overlayOption(byDefault: string): Option {
  return option(
    '--overlay <version>',
    `${listed(OVERLAY_NAMES)} (default: ${byDefault})`,
    version('overlay', OVERLAY_NAMES),
  );
}

/** `--bitwidths`. `byDefault`: the help text's words for the widths where the flag is absent. */
export function bitWidthsOption(byDefault: string): Option {
  return option(
    '--bitwidths <list>',
    `of input activations, parameters, output activations, or one for all (default: ${byDefault})`,
    widths,
  );
}

/** The flags that say what a calibration measures. */
export function walkFlags(command: Command): Command {
  command
    .addOption(
      option(
        '--layer_bits <widths>',
        'bits of the input codes and weights of layers, with * and ?: conv1=16,fire*=16 (default: those of --bitwidths)',
        layerWidths('layer_bits'),
      ),
    )
    .addOption(
      option(
        '--walk <kind>',
        `${listed(WALKS)} (default: progressive; for TensorFlow with --calibrator reference: reference)`,
        oneOf('walk', WALKS),
      ),
    );
  return calibratorFlags(command);
}

/** The flags that say how thresholds are found, and which. */
export function calibratorFlags(command: Command): Command {
  return command
    .addOption(
      option(
        '--calibrator <name>',
        `how thresholds of activations are found: ${listed(CALIBRATOR_NAMES)} (default: ${DEFAULT_CALIBRATOR})`,
      ),
    )
    .addOption(option('--include_inner_product', 'entries for fully connected layers too'))
    .addOption(option('--power_of_two', 'thresholds whose grid step is a power of two'))
    .addOption(option('--unify_concat', "write a Concat's threshold back through Pooling and inner Concats too"));
}

/** `--multipliers`. `byDefault`: the help text's words for the kind where the flag is absent. */
export function multipliersOption(byDefault: string): Option {
  return option(
    '--multipliers <kind>',
    `${listed(MULTIPLIER_KINDS)}: whether thresholds of weights are raised until multipliers are powers of two (default: ${byDefault})`,
    oneOf('multipliers', MULTIPLIER_KINDS),
  );
}

/** `--threads`. */
export function threadsOption(): Option {
  return option('--threads <count>', 'worker threads (default: all cores)', wholeNumber('threads', 1));
}

/** `--report`. */
export function reportOption(): Option {
  return option('--report <file>', 'a report with plots as one HTML file');
}

/** `--manifest` of commands that read one. */
export function recordedOption(): Option {
  return option(
    '--manifest <file>',
    'manifest of the calibration: a warning where its images had another preprocessing (--from names it too)',
  );
}

/** Adds examples below the help of a command. */
export function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${broken(line)}\n`).join('')}`);
}

/** Columns of an example, as of the rest of the help where there is no terminal. */
const EXAMPLE_WIDTH = 80;

/** A command line over several lines, broken before a flag. */
function broken(line: string): string {
  const lines = [''];
  for (const part of line.split(/ (?=--)/)) {
    const [last = ''] = lines.slice(-1);
    if (last === '') lines[0] = part;
    else if (last.length + part.length + 5 <= EXAMPLE_WIDTH) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(`    ${part}`);
  }
  return lines.join(' \\\n  ');
}

/** The flags of the network. */
export function networkFlags(command: Command): Command {
  return command
    .optionsGroup('Network:')
    .addOption(
      option(
        '--framework <name>',
        `${listed(FRAMEWORKS)} (default: from the model file)`,
        oneOf('framework', FRAMEWORKS),
      ),
    )
    .addOption(option('--deploy_model <file>', '(required) Caffe deploy prototxt, or TensorFlow frozen graph (.pb)'))
    .addOption(option('--weights <file>', 'caffemodel (required to run a Caffe network)'))
    .addOption(option('--dims <list>', "C,H,W of the network's input (default: the model's own)", numberList('dims')))
    .addOption(option('--input_layer <name>', 'the layer that is fed'))
    .addOption(
      option('--stage <names>', 'stages of an all-in-one prototxt, such as deploy (Caffe only)', repeated(nameList)),
    )
    .addOption(
      option('--output_layer <names>', 'the layers that are wanted: they and what they need are run', nameList),
    )
    .addOption(
      option(
        '--set <settings>',
        'values of placeholders other than the input (TensorFlow only): keep_prob=1,phase_train=false',
        settings('set'),
      ),
    )
    .addOption(
      option(
        '--seed_weights <seed>',
        'random weights instead of a caffemodel, for trying out',
        wholeNumber('seed_weights', 0),
      ),
    )
    .addOption(
      option(
        '--fake_quant <how>',
        `honour or drop the ranges of FakeQuant nodes: ${listed(FAKE_QUANT_MODES)}`,
        oneOf('fake_quant', FAKE_QUANT_MODES),
      ),
    )
    .addOption(
      option(
        '--float_layers <names>',
        'layers that run in float32 on the host, with * and ?: fc*,pool3 (the same wherever their scaling file is read)',
        repeated(nameList),
      ),
    );
}

/** The flags of the preprocessing of an image. */
export function preprocessingFlags(command: Command): Command {
  return command
    .optionsGroup('Preprocessing, in the order of its steps:')
    .addOption(
      option(
        '--transpose <list>',
        'axes of H,W,C in the order of the input (default: [2,0,1] Caffe, [0,1,2] TensorFlow)',
        numberList('transpose'),
      ),
    )
    .addOption(
      option('--channel_swap <list>', 'channel order (default: [2,1,0], RGB to BGR)', numberList('channel_swap')),
    )
    .addOption(option('--raw_scale <number>', 'multiplied with pixels in [0,1] (default: 255)', number('raw_scale')))
    .addOption(
      option(
        '--mean_value <list>',
        'subtracted per channel (default: [104,117,123]); or a mean.binaryproto or .npy file',
        numbersOrFile('mean_value'),
      ),
    )
    .addOption(option('--input_scale <number>', 'multiplied at last (default: 1)', number('input_scale')))
    .addOption(
      option(
        '--resize <rule>',
        `bilinear rule: ${listed(RESIZE_RULES)} (default: by framework)`,
        oneOf('resize', RESIZE_RULES),
      ),
    )
    .addOption(
      option(
        '--preset <name>',
        `values for the flags above that are absent: ${PRESETS.join(', ')}`,
        oneOf('preset', PRESETS),
      ),
    )
    .addOption(option('--preview <folder>', 'write the six steps of the first images as PNG files'));
}

/** `--skip_bad_images`. */
function skipBadImagesOption(): Option {
  return option('--skip_bad_images', 'leave out images that cannot be decoded, naming them');
}

/** `--recursive`. */
function recursiveOption(): Option {
  return option('--recursive', 'take the images of sub-folders too');
}

/** The flags of the images that a result is judged on. */
export function imagesFlags(command: Command): Command {
  return command
    .optionsGroup('Images:')
    .addOption(
      option(
        '--images <folder>',
        'folder, list file (.txt) or pattern of images or .npy arrays (H x W x C in [0,1]), or random:8 to try the flow; NAME=FOLDER for each of several inputs',
        pathOrAssignment,
      ),
    )
    .addOption(
      option('--image_count <count>', 'only the first so many of them (default: all)', wholeNumber('image_count', 1)),
    )
    .addOption(recursiveOption())
    .addOption(skipBadImagesOption());
}

/** The flags of the calibration images. `group`: the heading of their help. */
export function calibrationFlags(command: Command, group: string, isRequired: boolean): Command {
  command
    .optionsGroup(group)
    .addOption(
      option(
        '--calibration_directory <folder>',
        `${isRequired ? '(required) ' : ''}folder, list file (.txt) or pattern of images or .npy arrays (H x W x C in [0,1]), or random:8 to try the flow; NAME=FOLDER for each of several inputs`,
        pathOrAssignment,
      ),
    )
    .addOption(
      option(
        '--calibration_size <count>',
        `how many images (default: ${DEFAULT_SAMPLE_SIZE}, or all where there are fewer)`,
        wholeNumber('calibration_size', 1),
      ),
    )
    .addOption(
      option(
        '--calibration_seed <seed>',
        'seed of the sample (default: a fresh one, printed)',
        wholeNumber('calibration_seed', 0),
      ),
    )
    .addOption(
      option(
        '--calibration_indices <list>',
        'indices into the sorted file list instead of a seed; what --calibration_size asks for beyond them is drawn with seed 0',
        numberList('calibration_indices'),
      ),
    )
    .addOption(
      option(
        '--calibration_sampler <name>',
        `${listed(SAMPLERS)} (default: ${SAMPLERS[0]})`,
        oneOf('calibration_sampler', SAMPLERS),
      ),
    );
  const hasImages = command.options.some(({ long }) => long === '--images');
  return hasImages ? command : command.addOption(recursiveOption()).addOption(skipBadImagesOption());
}

/** The flags of threads, memory and progress. No result depends on them. */
export function effortFlags(command: Command): Command {
  return command
    .optionsGroup('Effort (no result depends on it):')
    .addOption(threadsOption())
    .addOption(
      option(
        '--memory <bytes>',
        'activations that all threads together keep in memory, the rest goes to a temporary file; weights and the program come on top, see --dry_run (default: 1G)',
        byteSize('memory'),
      ),
    );
}

import type { Command } from 'commander';
import { CALIBRATOR_NAMES } from '../calibration/thresholds/index.js';
import { type AdviseFlags, type AdviseResult, advise } from '../jobs/advise.js';
import type { AdvisedRow } from '../jobs/advised-choices.js';
import { WALKS } from '../jobs/calibrate.js';
import { adviceText } from '../report/advice.js';
import { MULTIPLIER_KINDS, OVERLAY_NAMES } from '../scaling/index.js';
import { listed, nameList, numberList, oneOf } from './arguments.js';
import { calibrationFlags, effortFlags, examples, imagesFlags, networkFlags, preprocessingFlags } from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `advise` to a command. */
export function addAdvise(command: Command): Command {
  imagesFlags(networkFlags(command)).addOption(
    option('--labels <file>', 'lines of "file class": accuracy decides the ranks'),
  );
  calibrationFlags(command, 'Calibration images:', true)
    .optionsGroup('Choices:')
    .addOption(option('--overlays <names>', `of ${OVERLAY_NAMES.join(', ')} (default: all)`, nameList))
    .addOption(option('--calibrators <names>', `of ${CALIBRATOR_NAMES.join(', ')} (default: all)`, nameList))
    .addOption(option('--bits <list>', '8 and 16, or one of them (default: both)', numberList('bits')))
    .addOption(
      option(
        '--multipliers <kinds>',
        `of ${MULTIPLIER_KINDS.join(', ')} (default: that of quantize; on v2 both with mse)`,
        nameList,
      ),
    )
    .addOption(option('--walk <kind>', `${listed(WALKS)}, for every choice`, oneOf('walk', WALKS)))
    .addOption(option('--include_inner_product', 'entries for fully connected layers too'))
    .addOption(option('--unify_concat', "write a Concat's threshold back through Pooling and inner Concats too"))
    .addOption(option('--output_json <file>', "the best choice's scaling file (default: none is written)"));
  preprocessingFlags(command);
  examples(effortFlags(command), [
    'xfdnn advise --deploy_model net.prototxt --weights net.caffemodel --calibration_directory photos --images others',
    'xfdnn advise --deploy_model net.pb --calibration_directory photos --images others --labels labels.txt --overlays v2 --bits 8',
  ]);
  return outputFlags(command).action(runAdvise);
}

async function runAdvise(flags: AdviseFlags & OutputFlags): Promise<void> {
  const output = openOutput(flags);
  const result = await output.run('choices', (hooks) => advise(jobFlags(flags), hooks));
  output.result(withoutTime(result), () => adviceText(result, output.style));
}

/** The result without what depends on the machine. */
function withoutTime(result: AdviseResult): unknown {
  const plain = ({ seconds: _seconds, ...row }: AdvisedRow): Omit<AdvisedRow, 'seconds'> => row;
  return { ...result, rows: result.rows.map(plain), best: result.best.map(plain) };
}

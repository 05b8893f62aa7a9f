import type { Command } from 'commander';
import { type ExportFlags, exportKit } from '../jobs/export.js';
import { exportText } from '../report/export.js';
import { pathOrAssignment, repeated } from './arguments.js';
import { examples, imagesFlags, networkFlags, overlayOption, preprocessingFlags, recordedOption } from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `export` to a command. */
export function addExport(command: Command): Command {
  command.argument('<folder>', 'where the kit goes: a new or empty folder, or that of a former export');
  networkFlags(command)
    .optionsGroup('Export:')
    .addOption(option('--scaling <file>', '(required) the scaling file').makeOptionMandatory())
    .addOption(recordedOption())
    .addOption(overlayOption('detected from the file'))
    .addOption(
      option(
        '--trace <pixel>',
        'layer:channel,y,x: every sum and shift on the way to this code; may be repeated',
        repeated((text) => text),
      ),
    )
    .addOption(option('--force', 'write into a folder that holds other files too'));
  imagesFlags(command).addOption(
    option(
      '--input <file>',
      "in place of images: the network's input as .npy, batch axis first; NAME=FILE for each of several",
      pathOrAssignment,
    ),
  );
  examples(preprocessingFlags(command), [
    'xfdnn export kit --deploy_model net.prototxt --weights net.caffemodel --scaling net.json --images photos --image_count 2',
    'xfdnn export kit --deploy_model net.pb --scaling net.json --images random:1 --trace conv1:0,3,4',
  ]);
  return outputFlags(command).action(runExport);
}

type Flags = Omit<ExportFlags, 'folder' | 'trace'> & { readonly trace?: string | readonly string[] } & OutputFlags;

async function runExport(folder: string, { trace, ...flags }: Flags): Promise<void> {
  const output = openOutput(flags);
  const traces = trace === undefined ? {} : { trace: [trace].flat() as string[] };
  const result = await output.run('images', (hooks) => exportKit({ ...jobFlags(flags), ...traces, folder }, hooks));
  output.result(result, () => exportText(result, folder));
}

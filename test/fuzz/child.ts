/** Runs cases from an index on and tells the parent about each; the parent ends it where one takes too long. */
import { caseOf, findingIn, minimised } from './finding.js';

const [kind = '', seed = '0', first = '0'] = process.argv.slice(2);

/** Resolves when the message is on its way: a case that never yields does not hold it back. */
const send = (message: object): Promise<unknown> => new Promise((resolve) => process.send?.(message, resolve));

for (let index = Number(first); ; index++) {
  const bytes = caseOf(kind, Number(seed), index);
  await send({ begin: index });
  const finding = await findingIn(kind, bytes);
  if (finding === undefined) continue;
  await send({ minimising: index });
  const smaller = await minimised(kind, bytes, finding);
  await send({ finding, index, bytes: [...smaller] });
}

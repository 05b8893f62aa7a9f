/** Runs cases from an index on and tells the parent about each; the parent ends it where one takes too long. */
import { caseOf, findingIn, minimised } from './finding.js';

const [kind = '', seed = '0', first = '0'] = process.argv.slice(2);

for (let index = Number(first); ; index++) {
  const bytes = caseOf(kind, Number(seed), index);
  process.send?.({ begin: index });
  const finding = await findingIn(kind, bytes);
  if (finding === undefined) continue;
  process.send?.({ minimising: index });
  const smaller = await minimised(kind, bytes, finding);
  process.send?.({ finding, index, bytes: [...smaller] });
}

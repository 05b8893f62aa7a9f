import type { Constant } from './constant.js';
import { filled } from './constant-arithmetic.js';
import { type Evaluation, evaluate } from './evaluate.js';
import { required } from './required.js';

/** The largest float32 that RandomUniform draws. */
const LARGEST = 1 - 2 ** -23;

/** Numbers in [0, 1) of a shape given by a constant. */
export function randomUniform(shape: Constant, source: string): Constant {
  const least = filled('DT_FLOAT', Array.from(shape.data), 0);
  return { ...least, random: { largest: filled('DT_FLOAT', least.shape, LARGEST).data, source } };
}

/**
 * {@link evaluate} for both extremes of the random numbers among the inputs. Where the results agree, the random
 * numbers do not matter, as in a dropout that keeps everything: `Floor(1 + random)`.
 */
export function evaluateExtremes(evaluation: Evaluation): readonly Constant[] | undefined {
  const { random } = evaluation.inputs.find((input) => input.random !== undefined) ?? {};
  const least = evaluate({
    ...evaluation,
    inputs: evaluation.inputs.map(({ dtype, shape, data }) => ({ dtype, shape, data })),
  });
  if (random === undefined || least === undefined) return least;
  const most = evaluate({
    ...evaluation,
    inputs: evaluation.inputs.map(({ dtype, shape, data, random: other }) => ({
      dtype,
      shape,
      data: other?.largest ?? data,
    })),
  });
  return least.map((constant, index) => {
    const largest = required(most?.[index], `output ${index}`).data;
    return constant.data.every((value, at) => value === largest[at])
      ? constant
      : { ...constant, random: { largest, source: random.source } };
  });
}

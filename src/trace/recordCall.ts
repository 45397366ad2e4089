import type { HasParts } from '../core/block.ts';
import { type CallForm, type ResultForm, resultForm } from './callForm.ts';
import { recordBetween } from './record.ts';

/** What the tracing of a call tells, and how results are put into what it gives. @throws what `recordBetween` throws */
export function recordCall(
  call: (...args: readonly unknown[]) => unknown,
  form: CallForm,
  options: { readonly label: string; readonly root?: HasParts },
): ReturnType<typeof recordBetween> & { readonly results: ResultForm } {
  let results: ResultForm | undefined;
  const ends = {
    give: form.withTensors,
    take: (result: unknown, keys: Parameters<typeof resultForm>[1]) => {
      results = resultForm(result, keys);
      return results.tensors;
    },
  };
  const recording = recordBetween(ends, (args) => call(...args), options);
  if (results === undefined) throw new Error(`${options.label}: the function did not end`);
  return { ...recording, results };
}

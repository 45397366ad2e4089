import { dataName, taken } from './dataOptions.ts';
import { UsageError } from './io.ts';
import { familyNames } from './modelFamily.ts';

/** Whether a model is named as one of a family: `efficientDetD0`, `ssd300,labels=person+car`. */
export const isFamily = (text: string): boolean => familyNames.includes(text.split(',')[0] ?? '');

/**
 * The description of a published detector by its name: `efficientDetLite0`, with COCO's 90 labels;
 * `efficientDetD0,labels=person+car,size=256x384,variant=timmTf`.
 *
 * @throws UsageError for an option that cannot be
 */
export function readyModel(text: string): { readonly name: string; readonly description: unknown } {
  const { path: family, options } = dataName(text, []);
  const sized = !family.startsWith('ssd');
  const known = ['labels', ...(sized ? ['size'] : []), ...(family === 'retinaNet' ? [] : ['variant'])];
  const given = taken({ format: family, path: family, options }, known);
  const [labels, variant, size] = [given.list('labels'), given.text('variant'), given.text('size')];
  const inputSize = size === undefined ? undefined : sidesOf(family, size);
  const retinaNet = { backbone: { kind: 'efficientNet', size: 'B0' }, inputSize: [512, 512] };
  const description = {
    format: 'pyramidion-model/1',
    family,
    ...(family === 'retinaNet' ? retinaNet : {}),
    ...(labels ? { labels } : {}),
    ...(inputSize ? { inputSize } : {}),
    ...(variant === undefined ? {} : { variant }),
  };
  return { name: family, description };
}

function sidesOf(family: string, text: string): readonly [height: number, width: number] {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (!(Number(height) >= 1 && Number(width) >= 1))
    throw new UsageError(`${family}: size is ${text}; it must be height and width, such as 512x640`);
  return [Number(height), Number(width)];
}

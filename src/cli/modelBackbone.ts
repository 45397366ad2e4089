import { efficientNet, efficientNetRows } from '../backbone/efficientNet.ts';
import { ssdVgg } from '../backbone/ssdVgg.ts';
import { pytorch, tensorflow } from '../backbone/variant.ts';
import type { Backbone, Stage } from '../core/levels.ts';
import { FormatError } from '../data/formatError.ts';
import { type Fields, fieldsOf, naming } from './modelFields.ts';

const variants = { tensorflow, pytorch } as const;
const factors = [0, 100] as const; // so that no number in a file takes all memory

const backboneFields = ['kind', 'size', 'width', 'depth', 'strides', 'maps', 'dropConnect', 'variant'] as const;

/** The backbone of a description. @throws FormatError that names the field by its path */
export function backboneOf(given: unknown, path: string): Backbone<Stage> {
  const fields = fieldsOf(given, path, backboneFields);
  const kind = fields.word('kind', ['efficientNet', 'ssdVgg']);
  // Its stages are looked at by whoever reads them: the description is no type.
  return naming(fields.path, () =>
    kind === 'ssdVgg' ? vggOf(fields) : efficientNetOf(fields),
  ) as unknown as Backbone<Stage>;
}

function vggOf(fields: Fields) {
  const odd = backboneFields.slice(3).find((key) => fields.has(key)) ?? (fields.has('size') ? 'size' : undefined);
  if (odd !== undefined) throw new FormatError(`${fields.path}.${odd} is no field of an ssdVgg; there are kind, width`);
  return ssdVgg(fields.has('width') ? { width: fields.number('width', factors) } : {});
}

function efficientNetOf(fields: Fields) {
  const named = fields.has('size');
  if (named && (fields.has('width') || fields.has('depth')))
    throw new FormatError(`${fields.path} has a size and a width or depth; give the one or the others`);
  const size = named
    ? fields.word(
        'size',
        efficientNetRows.map((row) => row.name),
      )
    : undefined;
  const row = efficientNetRows.find((row) => row.name === size);
  const options = {
    width: row?.width ?? fields.number('width', factors),
    depth: row?.depth ?? fields.number('depth', factors),
    ...(fields.has('dropConnect') ? { dropConnect: fields.number('dropConnect', [0, 1]) } : {}),
    ...(fields.has('variant') ? { variant: variants[fields.word('variant', ['tensorflow', 'pytorch'])] } : {}),
    ...(fields.has('maps') ? { maps: fields.word('maps', ['stride', 'stage']) } : {}),
  };
  const ladder = fields.has('strides') && fields.word('strides', ['paper', 'ladder']) === 'ladder';
  const { maps, ...rest } = options;
  if (ladder) return efficientNet({ ...rest, strides: 'ladder' });
  return maps === 'stage' ? efficientNet({ ...rest, maps }) : efficientNet(rest);
}

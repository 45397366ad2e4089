import type { Level, Neck, Stage } from '../core/levels.ts';
import { FormatError } from '../data/formatError.ts';
import { bifpn } from '../neck/bifpn.ts';
import { compose } from '../neck/compose.ts';
import { fpn } from '../neck/fpn.ts';
import { lift } from '../neck/lift.ts';
import { select } from '../neck/select.ts';
import { type Fields, fieldsOf, naming } from './modelFields.ts';

const stages = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9'] as const satisfies readonly Stage[];
export const levels = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9'] as const satisfies readonly Level[];
const channelsAtMost = 2 ** 14; // so that no number in a file takes all memory

const neckFields = ['kind', 'stages', 'channels', 'upsample', 'fuse', 'extra', 'from', 'to', 'cells', 'lift'] as const;
const ways = ['sum', 'fast', 'softmax'] as const;
const ofKind = {
  select: ['kind', 'stages', 'lift'],
  fpn: ['kind', 'stages', 'channels', 'upsample', 'fuse', 'extra', 'lift'],
  bifpn: ['kind', 'stages', 'channels', 'from', 'to', 'cells', 'fuse', 'lift'],
} as const;

/** The neck of a description, for a head that reads these levels. @throws FormatError that names the field by its path */
export function neckOf(given: unknown, path: string, read: readonly Level[]): Neck<Stage, Level> {
  const fields = fieldsOf(given, path, neckFields);
  const kind = fields.word('kind', ['select', 'fpn', 'bifpn']);
  const known: readonly string[] = ofKind[kind];
  const odd = neckFields.find((key) => fields.has(key) && !known.includes(key));
  if (odd !== undefined)
    throw new FormatError(`${fields.path}.${odd} is no field of a ${kind}; there are ${known.join(', ')}`);
  const neck = naming(fields.path, () => neckAlone(kind, fields));
  if (!fields.has('lift')) return neck;
  const own = fieldsOf(fields.object('lift'), `${fields.path}.lift`, ['levels', 'channels', 'kernel']);
  const lifted = own.has('levels') ? own.words('levels', levels) : read;
  const missing = lifted.find((level) => !neck.levels.includes(level));
  if (missing !== undefined)
    throw new FormatError(`${own.path} has ${missing}; the neck makes ${neck.levels.join(', ')}`);
  const kernel = own.has('kernel') ? own.number('kernel') : 3;
  if (kernel !== 1 && kernel !== 3) throw new FormatError(`${own.path}.kernel is ${kernel}; it must be 1 or 3`);
  return compose(neck, lift({ levels: lifted, channels: own.whole('channels', channelsAtMost), kernel }));
}

function neckAlone(kind: keyof typeof ofKind, fields: Fields): Neck<Stage, Level> {
  const chosen = fields.has('stages') || kind !== 'bifpn' ? fields.words('stages', stages) : undefined;
  if (chosen?.length === 0) throw new FormatError(`${fields.path}.stages is empty; name at least one, such as C3`);
  const fuse = fields.has('fuse') ? { fuse: fields.word('fuse', ways) } : {};
  if (kind === 'select') return select<Stage>({ stages: chosen ?? [] });
  if (kind === 'fpn') {
    const upsampled = fields.has('upsample')
      ? { upsample: fields.word('upsample', ['nearest', 'bilinear', 'transposed']) }
      : {};
    const ways = { stages: chosen ?? [], ...upsampled, ...fuse };
    if (!fields.has('extra')) {
      const channels = fields.object('channels') === 'stage' ? 'stage' : fields.whole('channels', channelsAtMost);
      return fpn<Stage>({ ...ways, channels });
    }
    const extra = fields.word('extra', ['pool', 'convStage', 'convLevel']);
    return fpn<Stage, typeof extra>({ ...ways, channels: fields.whole('channels', channelsAtMost), extra });
  }
  return bifpn<Level, Level, Stage>({
    from: fields.word('from', levels),
    to: fields.word('to', levels),
    channels: fields.whole('channels', channelsAtMost),
    ...(chosen ? { stages: chosen } : {}),
    ...(fields.has('cells') ? { cells: fields.whole('cells', 100) } : {}),
    ...fuse,
  });
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PbfReader } from 'pbf';
import { afterAll, expect, it } from 'vitest';
import { tensorBoard } from '../../src/node/tensorBoard.ts';
import { crc32c, masked, tfRecord } from '../../src/node/tensorBoardRecords.ts';
import { start, step, whole } from './reports.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-events-'));
afterAll(() => rmSync(home, { recursive: true }));
const bytes = (text: string) => new TextEncoder().encode(text);

interface Told {
  step: number;
  version?: string;
  status?: number;
  values: { tag: string; scalar?: number; image?: readonly number[]; text?: string; plugin?: string }[];
}

/** The events of a file, with their checksums looked at. */
function events(file: Uint8Array): Told[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const read: Told[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(crc32c(file.subarray(at, at + 8))));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(crc32c(data)));
    read.push(new PbfReader(data).readFields(eventField, { step: 0, values: [] }));
    at += 16 + length;
  }
  return read;
}

/** By the numbers of event.proto and summary.proto. */
function eventField(tag: number, event: Told, from: PbfReader): void {
  if (tag === 2) event.step = from.readVarint();
  if (tag === 3) event.version = from.readString();
  if (tag === 5)
    from.readMessage((one, values: Told['values']) => {
      if (one === 1) values.push(from.readMessage(valueField, { tag: '' }));
    }, event.values);
  if (tag === 7)
    from.readMessage((one, own: Told) => {
      if (one === 1) own.status = from.readVarint();
    }, event);
}

function valueField(tag: number, value: Told['values'][number], from: PbfReader): void {
  if (tag === 1) value.tag = from.readString();
  if (tag === 2) value.scalar = from.readFloat();
  if (tag === 4)
    from.readMessage((one, own: typeof value) => {
      if (one <= 3) own.image = [...(own.image ?? []), from.readVarint()];
      if (one === 4) own.image = [...(own.image ?? []), ...from.readBytes()];
    }, value);
  if (tag === 8)
    from.readMessage((one, own: typeof value) => {
      if (one === 8) own.text = from.readString();
    }, value);
  if (tag === 9)
    from.readMessage((one, own: typeof value) => {
      if (one === 1)
        from.readMessage((part, same: typeof value) => {
          if (part === 1) same.plugin = from.readString();
        }, own);
    }, value);
}

it('checksums are CRC-32C', () => {
  // RFC 3720, appendix B.4; the last from the catalogue of parametrised CRC algorithms, CRC-32/ISCSI
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
  expect(crc32c(bytes('123456789'))).toBe(0xe3069283);
});
it('a record is a length, its checksum, the bytes and theirs', () => {
  const record = tfRecord(bytes('abc'));
  expect([...record.subarray(0, 8)]).toEqual([3, 0, 0, 0, 0, 0, 0, 0]);
  expect([...record.subarray(12, 15)]).toEqual([97, 98, 99]);
  expect(record).toHaveLength(19);
});
it('event files tell steps, epochs, texts and pictures', async () => {
  const folder = join(home, 'whole');
  const picture = async () => ({ file: Uint8Array.of(0xff, 0xd8), size: [12, 16] as const });
  const tell = tensorBoard(folder, { picture });
  for (const report of whole) await tell(report);
  const [name = ''] = readdirSync(folder);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  const [first, began, texts, ...rest] = events(readFileSync(join(folder, name)));
  expect(first).toEqual({ step: 0, version: 'brain.Event:2', values: [] });
  expect(began).toEqual({ step: 1, status: 1, values: [] });
  expect(texts?.values.map(({ tag, plugin }) => [tag, plugin])).toEqual([
    ['run/recipe', 'text'],
    ['run/card', 'text'],
  ]);
  expect(texts?.values[0]?.text).toContain('    "name": "baseline"');
  expect(rest.map((event) => event.step)).toEqual([1, 2, 2, 2, 3, 4, 4, 4]);
  expect(rest[0]?.values).toEqual([
    { tag: 'loss/total', scalar: 3 },
    { tag: 'loss/classification', scalar: 2 },
    { tag: 'loss/localization', scalar: 1 },
    { tag: 'rate/learning rate', scalar: Math.fround(0.001) },
    { tag: 'time/images a second', scalar: 12.5 },
    { tag: 'time/share of waiting', scalar: 0.25 },
  ]);
  expect(rest[2]?.values.at(-1)).toEqual({ tag: 'held out/log-average miss rate', scalar: 0.5 });
  expect(rest[3]?.values).toEqual([{ tag: 'held out/set/a b', image: [12, 16, 3, 0xff, 0xd8] }]);
});
it('a run that goes on writes a file that is read after the first, and takes back what it will tell again', async () => {
  const folder = join(home, 'resumed');
  const before = tensorBoard(folder);
  for (const report of whole.slice(0, 6)) await before(report);
  const after = tensorBoard(folder);
  for (const report of [start(2, 1), step(3)]) await after(report);
  const names = readdirSync(folder).sort();
  expect(names).toHaveLength(2);
  const [, began, , third] = events(readFileSync(join(folder, names[1] ?? '')));
  expect(began).toMatchObject({ step: 3, status: 1 }); // START: steps from 3 on are told again
  expect(third?.step).toBe(3);
});

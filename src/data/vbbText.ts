import { FormatError } from './formatError.ts';
import { type PixelBox, pixelBox } from './pixelBox.ts';
import type { Vbb, VbbBox, VbbObject } from './vbb.ts';
import { checkVbb } from './vbbCheck.ts';
import type { VbbOptions } from './vbbRead.ts';
import { checkWhole } from './vbbWrite.ts';

const rule = '-----------------------------------';

/**
 * Writes the text form of a `.vbb`; objects get the ids 1 to n in their order.
 *
 * @throws FormatError as `writeVbb`, and for a label that the text cannot hold
 * @see vbbSaveTxt of vbb.m 3.2.1
 */
export function writeVbbText(vbb: Vbb): string {
  checkVbb(vbb, 'writeVbbText');
  checkWhole(vbb, 'writeVbbText');
  const lines = ['% vbb version=1.400000', `nFrame=${vbb.frames.length} n=${vbb.objects.length}`];
  lines.push(`log=[${vbb.log.map((day) => `${day} `).join('')}]`);
  for (const { id, label, start, end, hide } of vbb.objects) {
    if (/[\s']/.test(label))
      throw new FormatError(
        `writeVbbText: object ${id} has the label ${JSON.stringify(label)}; it may hold no space or '`,
      );
    const boxes = vbb.frames.slice(start - 1, end).flatMap((frame) => frame.filter((box) => box.id === id));
    const rows = (of: (box: VbbBox) => PixelBox) => boxes.map((box) => `${of(box).join(' ')}; `).join('');
    const flags = (of: (box: VbbBox) => boolean) => boxes.map((box) => `${of(box) ? 1 : 0} `).join('');
    lines.push('', rule, `lbl='${label}' str=${start} end=${end} hide=${hide ? 1 : 0}`);
    lines.push(`pos =[${rows((box) => box.pos)}]`, `posv=[${rows((box) => box.posv)}]`);
    lines.push(`occl=[${flags((box) => box.occl)}]`, `lock=[${flags((box) => box.lock)}]`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Reads the text form of a `.vbb`.
 *
 * @throws FormatError that names the line
 * @see vbbLoadTxt of vbb.m 3.2.1
 */
export function readVbbText(text: string, options: VbbOptions = {}): Vbb {
  const { name = 'readVbbText' } = options;
  const lines = text.split(/\r?\n/);
  let at = 0;
  const take = (pattern: RegExp, what: string): readonly string[] => {
    const line = lines[at++];
    const found = line === undefined ? undefined : pattern.exec(line);
    if (!found)
      throw new FormatError(
        `${name}: line ${at} is ${line === undefined ? 'missing; was the file cut?' : JSON.stringify(line.slice(0, 60))}; it must be ${what}`,
      );
    return found.slice(1);
  };
  const numbers = (part: string | undefined): readonly number[] => {
    const found = (part ?? '')
      .split(/[\s;]+/)
      .filter((word) => word !== '')
      .map(Number);
    if (!found.every(Number.isFinite)) throw new FormatError(`${name}: line ${at} holds a word that is no number`);
    return found;
  };

  const [version] = take(/^% vbb version=([\d.]+)\s*$/, '% vbb version=1.4');
  if (Number(version) !== 1.4) throw new FormatError(`${name}: the version is ${version}; it must be 1.4`);
  const [nFrame, n] = take(/^nFrame=\s*(\d{1,6}) n=\s*(\d{1,6})\s*$/, 'nFrame=, n=').map(Number);
  const log = numbers(take(/^log=\[(.*)\]\s*$/, 'log=[]')[0]);
  const frames: VbbBox[][] = Array.from({ length: nFrame ?? 0 }, () => []);
  const objects: VbbObject[] = [];
  for (let id = 1; id <= (n ?? 0); id++) {
    take(/^\s*$/, 'empty');
    take(/^(-+)\s*$/, rule);
    const [label = '', ...marks] = take(
      /^lbl='([^']*)' str=\s*(\d+) end=\s*(\d+) hide=\s*([01])\s*$/,
      "lbl='' str= end= hide=",
    );
    const [start = 0, end = 0, hide = 0] = marks.map(Number);
    const length = end - start + 1;
    const list = (key: string, each: number) => {
      const found = numbers(take(new RegExp(`^${key} ?=\\[(.*)\\]\\s*$`), `${key}=[]`)[0]);
      if (found.length !== each * length)
        throw new FormatError(
          `${name}: line ${at}: ${key} has ${found.length} numbers; frames ${start} to ${end} need ${each * length}`,
        );
      return found;
    };
    const [pos, posv, occl, lock] = [list('pos', 4), list('posv', 4), list('occl', 1), list('lock', 1)];
    objects.push({ id, label, start, end, hide: hide === 1 });
    for (let i = 0; i < length; i++) {
      const box = pixelBox(pos.slice(4 * i, 4 * i + 4));
      const visible = pixelBox(posv.slice(4 * i, 4 * i + 4));
      const frame = frames[start - 1 + i];
      if (!box || !visible || !frame)
        throw new FormatError(`${name}: object ${id} is in frames ${start} to ${end}; there are 1 to ${frames.length}`);
      frame.push({ id, pos: box, posv: visible, occl: occl[i] !== 0, lock: lock[i] !== 0 });
    }
  }
  const vbb: Vbb = { objects, frames, log };
  checkVbb(vbb, name);
  return vbb;
}

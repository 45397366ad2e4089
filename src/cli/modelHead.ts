import type { AnchorShapes } from '../core/levels.ts';
import { FormatError } from '../data/formatError.ts';
import { jsonList } from '../data/formats/json.ts';
import { baselineAnchors } from '../detection/baselineAnchors.ts';
import { type Fields, fieldsOf, naming } from './modelFields.ts';

const shapesAtMost = 1000; // of a cell, so that no file takes all memory

/** The anchors of a head of a description. @throws FormatError that names the field by its path */
export function anchorsOf(head: Fields): readonly AnchorShapes[] {
  const levels = givenAnchors(head);
  if (levels.some(({ shapes }) => shapes.length > shapesAtMost))
    throw new FormatError(`${head.path}.anchors has more than ${shapesAtMost} shapes of a cell`);
  return levels;
}

/** The baseline's by sides, ratios and scales, or a list of each level's shapes. */
function givenAnchors(head: Fields): readonly AnchorShapes[] {
  const path = `${head.path}.anchors`;
  const given = head.has('anchors') ? head.object('anchors') : {};
  if (!Array.isArray(given)) {
    const fields = fieldsOf(given, path, ['sides', 'ratios', 'scales']);
    const numbers = (['sides', 'ratios', 'scales'] as const).filter((key) => fields.has(key));
    return naming(head.path, () =>
      baselineAnchors(Object.fromEntries(numbers.map((key) => [key, fields.numbers(key)]))),
    );
  }
  return given.map((level, i) => {
    const fields = fieldsOf(level, `${path}[${i}]`, ['shapes', 'step', 'grid']);
    const shapes = jsonList(fields.object('shapes'), `${path}[${i}].shapes`).map((shape, j) =>
      fieldsOf({ shape }, `${path}[${i}].shapes[${j}]`, ['shape']).pair('shape'),
    );
    return {
      shapes,
      ...(fields.has('step') ? { step: fields.pair('step') } : {}),
      ...(fields.has('grid') ? { grid: fields.word('grid', ['centres', 'corners']) } : {}),
    };
  });
}

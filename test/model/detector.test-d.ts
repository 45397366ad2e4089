import {
  baselineAnchors,
  bifpn,
  type Detector,
  detector,
  efficientNetB0,
  fpn,
  type Neck,
  select,
  ssdHead,
} from 'pyramidion';
import { describe, expectTypeOf, it } from 'vitest';

const inputSize = [64, 64] as const;
const backbone = efficientNetB0();
const neck = bifpn({ from: 'P3', to: 'P7', channels: 64 });
const labels = ['person'];
const anchors = baselineAnchors();
const head = ssdHead({ levels: ['P3', 'P4', 'P5'], anchors, labels });

describe('the types of a detector', () => {
  it('list the levels between two ends', () => {
    expectTypeOf(neck).toEqualTypeOf<Neck<'C3' | 'C4' | 'C5', 'P3' | 'P4' | 'P5' | 'P6' | 'P7'>>();
  });
  it('are inferred from its parts', () => {
    const made = detector({ backbone, neck, head, inputSize });
    expectTypeOf(made).toEqualTypeOf<Detector<'C1' | 'C2' | 'C3' | 'C4' | 'C5', 'P3' | 'P4' | 'P5' | 'P6' | 'P7'>>();
  });
  it('are inferred from parts made in place', () => {
    const made = detector({
      backbone: efficientNetB0(),
      neck: select({ stages: ['C3', 'C4'] }),
      head: ssdHead({ levels: ['P3', 'P4'], anchors, labels }),
      inputSize,
    });
    expectTypeOf(made.neck).toEqualTypeOf<Neck<'C1' | 'C2' | 'C3' | 'C4' | 'C5', 'P3' | 'P4'>>();
  });
  it('reject a head that reads a level the neck does not make', () => {
    const far = ssdHead({ levels: ['P3', 'P8'], anchors, labels });
    // @ts-expect-error no P8
    detector({ backbone, neck, head: far, inputSize });
  });
  it('reject a neck that reads a stage the backbone does not make', () => {
    const deep = fpn({ stages: ['C3', 'C6'], channels: 8 });
    const top = ssdHead({ levels: ['P3'], anchors, labels });
    // @ts-expect-error no C6
    detector({ backbone, neck: deep, head: top, inputSize });
  });
  it('reject levels out of order or out of range', () => {
    // @ts-expect-error P3 is finer than P7
    bifpn({ from: 'P7', to: 'P3', channels: 8 });
    // @ts-expect-error no P10
    bifpn({ from: 'P3', to: 'P10', channels: 8 });
  });
});

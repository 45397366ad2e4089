import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HasParts } from '../../src/core/block.ts';
import { fpn } from '../../src/neck/fpn.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { isShapeThere, shapeThere } from '../../src/weights/layout.ts';
import type { NameMap } from '../../src/weights/nameMap.ts';
import { torchvision } from '../../src/weights/names/torchvision.ts';
import { namesOf, present, type Source, skipped } from '../parity/formula.ts';
import { classifierOf, efficientDetOf, ssdOf } from '../parity/zoo.ts';

/** The feature pyramid of a model whose backbone, ResNet-50, is none of ours. */
function pyramid(): HasParts {
  const stages = ['C2', 'C3', 'C4', 'C5'] as const;
  const neck = fpn({ stages, channels: 256 });
  const map = (side: number, channels: number) => [1, side, side, channels];
  complete(neck, { C2: map(64, 256), C3: map(32, 512), C4: map(16, 1024), C5: map(8, 2048) });
  return neck;
}

function oursOf(source: Source, model: string): { readonly names: NameMap; readonly model: HasParts } {
  const found = classifierOf(source, model) ?? efficientDetOf(source, model) ?? ssdOf(source, model);
  if (found) return { names: found.names, model: found.make() };
  if (model === 'fasterrcnn_resnet50_fpn.backbone.fpn') return { names: torchvision, model: pyramid() };
  throw new RangeError(`no model of ours is ${source}'s ${model}`);
}

describe.skipIf(!present)(`names of others, whole lists ${skipped}`, () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  /** How many models each library has, and what its files hold besides weights: figures that are constants here. */
  const sources = [
    { source: 'timm', models: 34, besides: [] },
    { source: 'torchvision', models: 15, besides: [] },
    { source: 'effdet', models: 17, besides: [] },
    { source: 'efficientnet-pytorch', models: 8, besides: [] },
    {
      source: 'keras',
      models: 16,
      besides: ['normalization/mean:0', 'normalization/variance:0', 'normalization/count:0'],
    },
  ] as const;

  it.each(sources)(
    'call every weight of every model as $source does, and lie as there',
    ({ source, models, besides }) => {
      const lists = Object.entries(namesOf(source));
      expect(lists).toHaveLength(models);
      const before = memory().numBytes;
      for (const [name, list] of lists) {
        const { names, model } = oursOf(source, name);
        const ours = names.entries(model);
        const theirs = new Map(list.filter(([foreign]) => !(besides as readonly string[]).includes(foreign)));
        expect([...ours.keys()].sort(), name).toEqual([...theirs.keys()].sort());
        for (const [foreign, { weight, layout }] of ours) {
          const there = theirs.get(foreign) ?? [];
          if (!isShapeThere(layout, weight.shape ?? [], there))
            expect(shapeThere(layout, weight.shape ?? []), `${name}: ${foreign}`).toEqual(there);
        }
      }
      expect(memory().numBytes).toBe(before); // names are of places: nothing is made
    },
  );
});

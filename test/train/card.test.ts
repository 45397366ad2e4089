import { createHash } from 'node:crypto';
import '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { version } from '../../src/core/version.ts';
import { useBackend } from '../../src/tfjs/backend.ts';
import { cardMetadata, modelCardText } from '../../src/train/cardText.ts';
import type { CheckpointRecord } from '../../src/train/state.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { recipe, run, samples, toy } from './toy.ts';

beforeAll(() => useBackend('wasm'));

const held = samples.slice(0, 3);
const given = {
  name: 'toy',
  licence: 'Apache-2.0',
  data: { name: 'Toys: bright | dark', licence: 'CC0-1.0', source: 'https://example.org/toys' },
  notes: 'Finds *nothing* outside.',
} as const;

async function records(): Promise<CheckpointRecord[]> {
  const kept: CheckpointRecord[] = [];
  const save = async (_: string, __: Uint8Array, record: CheckpointRecord) => void kept.push(record);
  await run(toy(), {
    recipe: { ...recipe, epochs: 1 },
    validation: { data: held },
    card: given,
    checkpoints: { save },
  });
  return kept;
}

it('a checkpoint says where its model is from: data, recipe, seed, versions, metrics', async () => {
  const [record] = await records();
  const list = samples.map(({ id }) => `${id}\t16\t16\n`).join('');
  expect(record?.card).toMatchObject({
    ...given,
    data: { ...given.data, images: 6, sha256: createHash('sha256').update(list).digest('hex') },
    held: { images: 3 },
    model: { inputSize: [16, 16], labels: ['person'] },
    versions: { pyramidion: version, runtime: `node ${process.versions.node}`, backend: 'wasm' },
  });
  const { metrics } = record?.state ?? {};
  expect(metrics).toMatchObject({ epoch: 1, validation: { missRate: { images: 3, truths: 3 } } });
  expect(metrics?.validation).not.toHaveProperty('shown');
});
it('a weights file keeps the card, and it reads as a README', async () => {
  const [record] = await records();
  if (record?.card === undefined) throw new Error('no card');
  const file = readSafetensors(await saveWeights(toy(), { metadata: cardMetadata(record) }));
  const kept = JSON.parse(file.metadata['pyramidion.card'] ?? '');
  expect(kept).toMatchObject({
    card: record.card,
    recipe: record.recipe,
    state: { seed: 0, step: 3, metrics: record.state.metrics },
  });
  const text = modelCardText(kept);
  expect(text).toBe(modelCardText({ ...record, card: record.card }));
  expect(text).toMatch(/^---\nlibrary_name: pyramidion\n/);
  expect(text).toContain('license: "apache-2.0"\ndatasets: ["Toys: bright | dark"]\nmodel-index:');
  expect(text).toContain(
    '| learned from | Toys: bright \\| dark; https://example.org/toys; licence: CC0-1.0; 6 images |',
  );
  expect(text).toContain('| held out | unknown; licence: unknown; 3 images |');
  expect(text).toContain('Finds *nothing* outside.');
});
it('no card is written of a checkpoint that has none', () => {
  expect(cardMetadata({ recipe, state: { seed: 0, step: 0, epoch: 0 } })).toEqual({});
});
it('the first held-out images are told with what was found in them', async () => {
  const { reports } = await run(toy(), { validation: { data: held, show: 2 } });
  const shown = reports.flatMap((one) => (one.kind === 'epoch' ? [one.validation?.shown ?? []] : []));
  expect(shown.map((images) => images.map(({ id }) => id))).toEqual([
    ['toy/0', 'toy/1'],
    ['toy/0', 'toy/1'],
  ]);
  expect(shown[0]?.[0]).toMatchObject({ size: [16, 16], truths: held[0]?.objects });
  for (const { detections } of shown.flat())
    for (const { score } of detections) expect(score).toBeGreaterThanOrEqual(0.1);
  const none = await run(toy(), { validation: { data: held, show: 0 } });
  expect(JSON.stringify(none.reports)).not.toContain('shown');
  await expect(run(toy(), { validation: { data: held, show: -1 } })).rejects.toThrow(/validation.show is -1/);
});

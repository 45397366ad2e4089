import '@tensorflow/tfjs-backend-cpu';
import {
  type io,
  memory,
  ones,
  randomUniform,
  setBackend,
  type Tensor,
  type Tensor4D,
  zeros,
} from '@tensorflow/tfjs-core';
import { LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { conv } from '../../src/block/conv.ts';
import { at, weights } from '../../src/core/block.ts';
import { freeze, unfreeze } from '../../src/core/freeze.ts';
import { count } from '../../src/core/model.ts';
import { asLayersModel, blockOf } from '../../src/layers/asLayersModel.ts';
import { layersFrom } from '../../src/layers/layersFrom.ts';
import { getWeights, setWeights } from '../../src/layers/namedWeights.ts';
import { cells, small } from './shared.ts';

const image = () => randomUniform([2, 32, 48, 3], 0, 255, 'float32', 7) as Tensor4D;
const numbers = (tensor: Tensor) => [...tensor.dataSync()];
/** Keeps what is saved, and gives it back. */
function shelf() {
  let kept: io.ModelArtifacts | undefined;
  return {
    save: async (artifacts: io.ModelArtifacts): Promise<io.SaveResult> => {
      kept = JSON.parse(JSON.stringify(artifacts)); // as a file: no objects survive but plain ones
      if (kept && artifacts.weightData) kept.weightData = artifacts.weightData;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
    load: async (): Promise<io.ModelArtifacts> => kept ?? {},
    change: (from: string, to: string) => {
      kept = { ...kept, modelTopology: JSON.parse(JSON.stringify(kept?.modelTopology).replace(from, to)) };
    },
  };
}

beforeAll(async () => {
  await setBackend('cpu');
});

describe('a detector as a tf.LayersModel', () => {
  it('predicts what the detector does, by name and in batches', () => {
    const detector = small();
    const model = asLayersModel(detector);
    expect(model).toBeInstanceOf(LayersModel);
    expect(model.outputNames).toEqual(['boxes', 'logits']);
    expect(model.outputs.map(({ shape }) => shape)).toEqual([
      [null, cells, 4],
      [null, cells, 2],
    ]);
    const x = image();
    const direct = detector(x);
    const [boxes, logits] = model.predict(x, { batchSize: 1 }) as Tensor[];
    expect(numbers(boxes as Tensor)).toEqual(numbers(direct.boxes));
    expect(numbers(logits as Tensor)).toEqual(numbers(direct.logits));
    expect(numbers(model.execute(x, 'logits') as Tensor)).toEqual(numbers(direct.logits));
    expect((model.execute(x, ['logits', 'boxes']) as Tensor[]).map(({ shape }) => shape[2])).toEqual([2, 4]);
  });

  it('leaves no tensor behind', () => {
    const model = asLayersModel(small());
    const x = image();
    for (const tensor of model.predict(x) as Tensor[]) tensor.dispose(); // makes the weights
    const before = memory().numTensors;
    for (const tensor of model.predict(x) as Tensor[]) tensor.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('makes a single output of a block that gives one', () => {
    const block = conv({ filters: 2 });
    const model = asLayersModel(block, { inputShape: [4, 4, 3], name: 'narrow' });
    expect(model.outputNames).toEqual(['output']);
    expect(numbers(model.predict(ones([1, 4, 4, 3])) as Tensor)).toEqual(numbers(block(ones([1, 4, 4, 3]))));
  });

  it("prints tfjs's own summary, with the detector's numbers", () => {
    const detector = small();
    const { parameters, statistics } = count(detector);
    const print = () => {
      const lines: string[] = [];
      asLayersModel(detector, { name: 'small' }).summary(undefined, undefined, (line) => lines.push(`${line}`));
      return lines.join('\n');
    };
    expect(asLayersModel(detector).countParams()).toBe(parameters + statistics);
    expect(print()).toContain(`Trainable params: ${parameters}`);
    expect(print()).toContain(`Non-trainable params: ${statistics}`);
    freeze(at(detector, 'backbone'));
    const { parameters: backbone } = count(at(detector, 'backbone'));
    expect(print()).toContain(`Trainable params: ${parameters - backbone}`);
    unfreeze(detector);
  });

  it("has the detector's own weights, under their places", () => {
    const detector = small();
    const model = asLayersModel(detector);
    const before = memory().numTensors;
    expect(model.weights.map(({ name }) => name).sort()).toEqual([...weights(detector).keys()].sort());
    expect(memory().numTensors).toBe(before);
    const place = 'head/boxes/P3/bias';
    const bias = weights(detector).get(place);
    const shape = bias?.shape as number[];
    setWeights(model, { [place]: ones(shape) });
    expect(numbers(bias?.read() as Tensor)).toEqual(numbers(ones(shape)));
    bias?.write(zeros(shape));
    expect(numbers(getWeights(model)[place] as Tensor)).toEqual(numbers(zeros(shape)));
    model.setWeights(model.getWeights().map((tensor) => ones(tensor.shape))); // tfjs's own, by position
    expect(numbers(bias?.read() as Tensor)).toEqual(numbers(ones(shape)));
    model.dispose();
    expect(detector(image()).boxes.shape).toEqual([2, cells, 4]); // lives on
  });

  it('refuses weights that are not there or of another shape, and changes none', () => {
    const model = asLayersModel(small());
    const { 'head/boxes/P3/bias': before } = getWeights(model);
    const held = numbers(before as Tensor);
    const wrong = { 'head/boxes/P3/bias': ones([4]), 'head/boxes/P9/bias': ones([4]) };
    expect(() => setWeights(model, wrong)).toThrow(/no weight at 'head\/boxes\/P9\/bias'; there are .*bias/);
    expect(() => setWeights(model, { 'head/boxes/P3/bias': ones([5]) })).toThrow(/is \[4\] but \[5\] was given/);
    expect(numbers(getWeights(model)['head/boxes/P3/bias'] as Tensor)).toEqual(held);
  });

  it('refuses to train, and says what to do', async () => {
    const model = asLayersModel(small());
    expect(() => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })).toThrow(
      /compile: .*use train\(detector/,
    );
    await expect(model.fit(image(), image())).rejects.toThrow(/fit: .*use train\(detector/);
    expect(() => model.evaluate(image(), image())).toThrow(/evaluate: .*use train/);
  });

  it('is saved, loaded by the factory that was named, and predicts the same to the last bit', async () => {
    layersFrom({ small });
    const options = { seed: 3, width: 0.3 };
    const model = asLayersModel(small(options), { factory: 'small', options, name: 'smallNet' });
    const file = shelf();
    await model.save(file);
    const loaded = await loadLayersModel(file);
    expect(loaded.name).toBe('smallNet');
    const [x, before] = [image(), memory().numTensors];
    const results = [model, loaded].map((of) => (of.predict(x) as Tensor[]).map(numbers));
    expect(results[1]).toEqual(results[0]);
    expect(memory().numTensors).toBeGreaterThan(before);
    for (const [place, weight] of weights(blockOf(loaded)))
      expect(numbers(weight.read()), place).toEqual(numbers(getWeights(model)[place] as Tensor));
    await expect(loaded.fit(x, x)).rejects.toThrow(/fit: /);
    await loaded.save(shelf()); // and again
  });

  it('refuses to save what could not be loaded', async () => {
    await expect(asLayersModel(small()).save(shelf())).rejects.toThrow(
      /nobody said how the model is made.*factory: 'NAME'/,
    );
    expect(() => asLayersModel(small(), { factory: 'nobody' })).toThrow(/no factory is called 'nobody'/);
    layersFrom({ small });
    for (const options of [new Map(), { size: Number.NaN }, { f: () => 1 }])
      expect(() => asLayersModel(small(), { factory: 'small', options })).toThrow(/options must be what JSON writes/);
  });

  it('refuses to load with a factory that is not there or makes another model', async () => {
    layersFrom({ small });
    const file = shelf();
    await asLayersModel(small(), { factory: 'small' }).save(file);
    layersFrom({ small: () => small({ width: 0.5 }) }); // other channels: the numbers do not fit
    await expect(loadLayersModel(file)).rejects.toThrow(/backbone\/.* is \[/);
    layersFrom({ small: () => Object.assign(small(), { labels: ['dog'] }) });
    await expect(loadLayersModel(file)).rejects.toThrow(
      /'small' makes another model than the file's: labels \["person"\] were saved, \["dog"\] are made/,
    );
    layersFrom({ small });
    file.change('factory\\":\\"small', 'factory\\":\\"gone');
    await expect(loadLayersModel(file)).rejects.toThrow(
      /made by the factory 'gone', but only .*'small'.*call layersFrom/,
    );
  });

  it('says what it needs to know', () => {
    expect(() => asLayersModel(conv({ filters: 2 }) as never)).toThrow(/give inputShape/);
    expect(() => layersFrom({ wrong: 3 as never })).toThrow(/wrong is a number/);
    expect(() => blockOf(new LayersModel({ inputs: [], outputs: [] }))).toThrow();
  });
});

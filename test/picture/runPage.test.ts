import { describe, expect, it } from 'vitest';
import { runPage } from '../../src/picture/runPage.ts';
import type { RunStory } from '../../src/picture/runStory.ts';
import { thinned } from '../../src/picture/runThin.ts';

const seconds = { steps: 90, waiting: 3, validation: 6, saving: 1 };
const box = [1, 1, 9, 5] as const;
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff);
const story = (name: string, epochs = 3): RunStory => ({
  name,
  status: 'done',
  epochs,
  stepsPerEpoch: 10,
  taken: Array.from({ length: 10 * epochs }, (_, i) => ({
    step: i + 1,
    loss: { total: 20 / (i + 1), classification: 15 / (i + 1), localization: 5 / (i + 1) },
    learningRate: i < 20 ? 7e-4 : 7e-5,
  })),
  ended: Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    loss: { total: 3 / (i + 1) },
    seconds: { steps: 30, waiting: 1, validation: 2, saving: 1 },
    held: {
      loss: { total: 4 / (i + 1) },
      missRate: { logAverage: [0.8, 0.316, 0.4][i] ?? 0.5, images: 200, truths: 1234 },
      shown: [
        {
          id: 'a',
          size: [10, 16],
          truths: [{ box, label: 'person' }],
          detections: [{ box, score: 0.9, label: 'person' }],
        },
      ],
    },
  })),
  seconds,
  imagesPerSecond: 11.4,
  settings: [
    ['seed', name],
    ['recipe: batch', '4'],
  ],
  files: new Map([['a', jpeg]]),
});
const hostile = `<script>alert("1")</script>&'`;
/** The SVG documents that are in a page's images. */
const images = (html: string) =>
  [...html.matchAll(/src="data:image\/svg\+xml,([^"]*)"/g)].map(([, source = '']) => decodeURIComponent(source));
const titles = (html: string) => images(html).flatMap((svg) => />([^<]*)<\/text>/.exec(svg)?.[1] ?? []);

describe('the page of a run', () => {
  it('needs nothing from elsewhere, and runs nothing', () => {
    const html = runPage([story('one')]);
    expect(html).not.toMatch(/(src|href)="(?!data:|#)|@import|<script|<link/);
    expect(html.replace(/url\(data:/g, '')).not.toContain('url(');
  });
  it('begins with the final numbers', () => {
    const [head = ''] = runPage([story('one')]).split('<main>');
    expect(head).toContain('<b>31.6 %</b>');
    expect(head).toContain('best, after epoch 2; 40.0 % after epoch 3');
    expect(runPage([story('one', 2)])).toContain('best, after epoch 2</p>'); // said once where it is the last
    expect(head).toContain('200 held-out images, 1,234 objects that count');
    expect(head).toContain('<b>1:40 min</b>'); // 90 + 3 + 6 + 1 seconds
    expect(head).toContain('3.0 % of it waiting for images');
    expect(head).toContain('30 of 30 steps');
  });
  it('shows curves of miss rate, loss and learning rate, and what time went into', () => {
    expect(titles(runPage([story('one')])).filter((title) => /[A-Z]/.test(title))).toEqual([
      'Miss rate on held-out images',
      'Loss of epochs',
      'Loss',
      'Learning rate',
      'Time of epochs',
    ]);
  });
  it('shows the same images after each epoch, holding each once, and of many epochs the first, the last and some between', () => {
    const html = runPage([story('one', 40)]);
    expect(html.match(/<figcaption>epoch \d+/g)?.map((text) => Number(text.slice(18)))).toEqual([1, 11, 21, 30, 40]);
    expect(html.split('data:image/jpeg')).toHaveLength(2);
  });
  it('is there before the first epoch has ended, and without held-out images', () => {
    const html = runPage([{ ...story('one', 1), status: 'running', taken: [], ended: [], files: new Map() }]);
    expect(html).toContain('0 of 1');
    expect(html).not.toMatch(/undefined|NaN/);
    const [{ held: _, ...bare } = story('x').ended[0] ?? { epoch: 1, loss: {}, seconds }] = story('one', 1).ended;
    const plain = runPage([{ ...story('one', 1), ended: [bare], files: new Map() }]);
    expect(titles(plain)).not.toContain('Miss rate on held-out images');
  });
  it('sets several runs side by side, each in its colour, and marks what differs', () => {
    const html = runPage([story('one'), story('two', 2)], { title: 'Two' });
    expect(html).toContain('<h1>Two</h1>');
    expect(html).toMatch(/<td class="differs">one<\/td><td class="differs">two<\/td>/);
    expect(html).not.toContain('Detections over epochs');
    const bare = { ...story('first'), ended: [] };
    const [rates = ''] = images(runPage([bare, story('second')]));
    expect(rates).toContain('data-colour="1"'); // the second keeps its colour where the first has no line
  });
  it('refuses two runs of one name, and more than six', () => {
    expect(() => runPage([story('a'), story('a')])).toThrow('two runs are called a');
    expect(() => runPage(Array.from({ length: 7 }, (_, i) => story(`${i}`)))).toThrow('7 runs');
    expect(() => runPage([])).toThrow(RangeError);
  });
  it('never takes names for markup', () => {
    const one = story(hostile);
    const shown = one.ended.map((epoch) => ({
      ...epoch,
      held: { loss: {}, shown: [{ id: hostile, size: [9, 9] as const, truths: [], detections: [] }] },
    }));
    const html = runPage([{ ...one, ended: shown, settings: [[hostile, hostile]], files: new Map([[hostile, jpeg]]) }]);
    expect(html).not.toMatch(/<script|alert\("/);
  });
});

it('a line of many points is drawn by means and ranges, without what is not finite', () => {
  const points = [1, 2, 3, 4, 5].map((x) => [x, x === 3 ? Number.NaN : 10 * x] as const);
  expect(thinned(points, 2)).toEqual([
    { x: 1.5, mean: 15, low: 10, high: 20 },
    { x: 4.5, mean: 45, low: 40, high: 50 },
  ]);
  expect(thinned([], 5)).toEqual([]);
});

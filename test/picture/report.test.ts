import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { caltechProtocols, plainProtocol } from '../../src/evaluate/protocol.ts';
import type { ErrorTile } from '../../src/picture/contactSheetTile.ts';
import { report } from '../../src/picture/report.ts';
import { barsSvg } from '../../src/picture/reportBars.ts';
import { evaluatedRun } from '../../src/picture/reportEvaluated.ts';
import type { ReportRun } from '../../src/picture/reportRun.ts';
import { galleryScript, galleryScriptHash } from '../../src/picture/reportScript.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'"\u0000`;
const tile = (kind: 'missed' | 'false', index: number, more: Partial<ErrorTile> = {}): ErrorTile => ({
  kind,
  why: kind === 'missed' ? 'missed' : 'background',
  image: 0,
  index,
  id: 'set06/V000/I00029',
  height: 50 + index,
  svg: '<svg xmlns="http://www.w3.org/2000/svg" aria-label="a"/>',
  size: [100, 75],
  ...(kind === 'false' ? { score: 0.75 } : {}),
  ...more,
});
const run = (name: string, logAverage: number, more: Partial<ReportRun> = {}): ReportRun => ({
  name,
  subsets: [
    {
      benchmark: 'Caltech',
      name: 'Reasonable',
      result: {
        logAverage,
        images: 10,
        truths: 4,
        detections: 2,
        curve: [
          { fppi: 0, missRate: 0.75 },
          { fppi: 0.1, missRate: 0.5 },
        ],
      },
    },
    { benchmark: 'Caltech', name: 'Scale=far', result: undefined },
  ],
  ...more,
});
const errors = (misses: readonly (readonly [image: number, object: number])[]) => ({
  protocol: 'Reasonable',
  score: 0.5,
  images: 10,
  truths: 4,
  hits: 4 - misses.length,
  missCounts: { score: 0, missed: misses.length },
  falseCounts: { background: 1 },
  groups: { height: [{ name: '50-80 px', truths: 4, misses: misses.length, missRate: misses.length / 4 }] },
  misses: misses.map(([image, object]) => ({ image, object })),
});
/** The SVG documents in a page's images. */
const images = (html: string) =>
  [...html.matchAll(/src="data:image\/svg\+xml,([^"]*)"/g)].map(([, source = '']) => decodeURIComponent(source));
const cells = (html: string) =>
  [...html.matchAll(/<tr><th scope="row"[^>]*>(.*?)<\/tr>/g)].map(([, row = '']) => row.replace(/<[^>]*>/g, '|'));

describe('a report', () => {
  it('needs nothing from elsewhere, and lets one script run', () => {
    const html = report([run('one', 0.5, { gallery: [tile('missed', 0)] })]);
    expect(html).not.toMatch(/(src|href)="(?!data:|#)|url\(|@import|<link/);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain(`default-src 'none'`);
    const digest = createHash('sha256').update(galleryScript).digest('base64');
    expect([galleryScriptHash, html.includes(`<script>${galleryScript}</script>`)]).toEqual([`sha256-${digest}`, true]);
  });
  it('never takes names for markup', () => {
    const subset = run('', 0.5).subsets[0];
    const html = report(
      [0, 1].map((i) =>
        run(`${hostile}${i}`, 0.5, {
          subsets: subset ? [{ ...subset, name: hostile, benchmark: hostile }] : [],
          gallery: [tile('false', i, { id: hostile, why: hostile, svg: hostile })],
          settings: [[hostile, `${hostile}${i}`]],
          errors: {
            ...errors([[0, 0]]),
            protocol: hostile,
            missCounts: { [hostile]: 1 },
            groups: { [hostile]: [{ name: hostile, truths: 1, misses: 0, missRate: 0 }] },
          },
          tide: { AP: 1, errors: { [hostile]: { count: 1, gain: 0.1 } }, falsePositives: 0, falseNegatives: 0 },
          calibration: { expectedError: 0, bins: [] },
        }),
      ),
      { title: hostile, lead: hostile, figures: [hostile] },
    );
    expect(html.replace(galleryScript, '')).not.toMatch(/<script>(?!<\/script>)|alert\("/);
    for (const svg of images(html).filter((svg) => svg.startsWith('<svg'))) expect(xmlFaults(svg)).toEqual([]);
  });
  it.each([
    '</script><img src=x onerror=alert(1)>',
    `" onload="alert(1)" x='`,
    '</title></style><!--',
    ']]></svg><svg onload=alert(1)>',
    'javascript:alert(1)',
  ])('has the same tags when things are called %s', (name) => {
    const make = (text: string) =>
      report([
        run(text, 0.5, {
          gallery: [tile('missed', 0, { id: text, why: text }), tile('false', 0, { id: text, why: text })],
          settings: [[text, text]],
          errors: { ...errors([[0, 0]]), protocol: text },
        }),
      ]);
    const tags = (html: string) => html.match(/<[!/\w-][^\s>]*/g);
    expect(tags(make(name))).toEqual(tags(make('plain')));
    expect(make(name).match(/\son\w+="/g)).toBeNull();
  });
  it('heads with the log-average miss rate of the first protocol', () => {
    expect(report([run('one', 0.4422)])).toContain('<b>44.22 %</b>');
  });
  it('leaves out protocols under which nothing counts, and sections without content', () => {
    const html = report([run('one', 0.5)]).replace(galleryScript, '');
    expect(html).not.toMatch(/Scale=far|id="(errors|gallery|settings|data)"|undefined|NaN/);
  });
  it('says what it is not made of', () => {
    expect(() => report([])).toThrow(/runs is empty/);
    expect(() => report([run('a', 0.5), run('a', 0.4)])).toThrow(/called alike: a, a/);
    expect(() => report([{ name: 'a', subsets: [] }])).toThrow(/'a' has no result/);
    expect(() => report(Array.from({ length: 7 }, (_, i) => run(`${i}`, 0.5)))).toThrow(/7 runs .* at most 6/);
  });
});

describe('a comparison', () => {
  it('tells how far each run is from the first, and whether that is better', () => {
    const html = report([run('base', 0.5), run('better', 0.4), run('worse', 0.5125)]);
    expect(cells(html)[0]).toBe('Caltech Reasonable||4||50.00 %||40.00 %||−10.00||51.25 %||+1.25|');
    expect(html).toMatch(/class="better">−10.00<.*class="worse">\+1.25</);
  });
  it('gives a run one colour in every picture, whatever its rank', () => {
    const [curve = ''] = images(report([run('base', 0.5), run('better', 0.4)]));
    // the legend's best is the second run
    expect(curve).toMatch(/data-colour="1"[^>]*d="M[^"]*h32"\/><text[^>]*>40.00 % better/);
  });
  it('counts which objects both find, one alone, and neither', () => {
    const html = report([
      run('a', 0.5, {
        errors: errors([
          [0, 0],
          [1, 0],
        ]),
      }),
      run('b', 0.4, { errors: errors([[1, 0]]) }),
    ]);
    // of 4: a misses two, b one of these
    expect(cells(html)).toContain('a and b||2||0||1||1|');
  });
  it('does not count objects of other data together', () => {
    const other = { ...errors([[0, 0]]), truths: 5 };
    const html = report([run('a', 0.5, { errors: errors([[0, 0]]) }), run('b', 0.4, { errors: other })]);
    expect(html).not.toContain('Objects found by');
  });
  it('marks settings that differ', () => {
    const html = report([
      run('a', 0.5, {
        settings: [
          ['seed', '0'],
          ['rate', '.1'],
        ],
      }),
      run('b', 0.4, {
        settings: [
          ['seed', '0'],
          ['rate', '.2'],
          ['more', '1'],
        ],
      }),
    ]);
    expect([...html.matchAll(/class="differs">([^<]*)/g)].map(([, text]) => text)).toEqual(['.1', '.2', '–', '1']);
  });
  it('shows an object that both miss once, and that both miss it', () => {
    const html = report([
      run('a', 0.5, { errors: errors([[0, 7]]), gallery: [tile('missed', 7), tile('false', 0)] }),
      run('b', 0.4, { errors: errors([[0, 7]]), gallery: [tile('missed', 7), tile('false', 0)] }),
    ]);
    expect([...html.matchAll(/data-kind="(\w+)".*?data-runs="([\d ]*)"/g)].map(([, kind, own]) => [kind, own])).toEqual(
      [
        ['missed', '0 1'],
        ['false', '0'],
        ['false', '1'],
      ],
    );
  });
});

describe('bars', () => {
  const widths = (svg: string) =>
    [...svg.matchAll(/<rect data-fill="\d"[^>]* width="([\d.]+)" height="13"/g)].map(([, width]) => Number(width));
  it('are as long as their values', () => {
    const [a = 0, b = 0, c] = widths(
      barsSvg(
        [
          { name: 'x', values: [30, 10] },
          { name: 'y', values: [0, undefined] },
        ],
        ['a', 'b'],
      ),
    );
    expect([a / b, c]).toEqual([3, 0]);
  });
  it('of several values are as long as their mean, with a dot for each', () => {
    const rows = [
      { name: 'x', values: [[10, 20, 30], 40] },
      { name: 'y', values: [[], undefined] },
    ];
    const svg = barsSvg(rows, ['a', 'b'], { text: (value) => `${value} %` });
    const [a = 0, b = 0, ...none] = widths(svg);
    expect([a / b, ...none]).toEqual([0.5, 0, 0]);
    const left = Number(/<rect data-fill="0"[^>]* x="([\d.]+)"/.exec(svg)?.[1]);
    const dots = [...svg.matchAll(/<circle class="each" cx="([\d.]+)".*?<title>(.*?)</g)];
    expect(dots.map(([, x, text]) => [Math.round((40 * (Number(x) - left)) / b), text])).toEqual([
      [10, '10 %'],
      [20, '20 %'],
      [30, '30 %'],
    ]);
    expect(svg).toContain('>20 %</text>');
    expect(xmlFaults(svg)).toEqual([]);
    expect(() => barsSvg([{ name: 'x', values: [[1, Number.NaN]] }], ['a'])).toThrow(/a value of 'x' is NaN/);
  });
  it('say what they do not draw', () => {
    expect(() => barsSvg([], ['a'])).toThrow(/groups is empty/);
    expect(() => barsSvg([{ name: 'x', values: [1, 2] }], ['a'])).toThrow(/'x' has 2 values for 1 runs/);
    expect(() => barsSvg([{ name: 'x', values: [-1] }], ['a'])).toThrow(/a value of 'x' is -1/);
  });
});

describe('a run from images', () => {
  const person = { label: 'person' };
  const scene = (score: number) => ({
    size: [480, 640] as const,
    truths: [
      { ...person, box: [100, 100, 200, 141] as const },
      { ...person, box: [100, 300, 160, 325] as const },
    ],
    detections: [
      { ...person, box: [100, 100, 200, 141] as const, score },
      { ...person, box: [300, 500, 400, 541] as const, score: 0.3 },
    ],
  });
  const samples = [0, 1].map((i) => ({
    id: `V${i}`,
    image: async () => ({ width: 640, height: 480, data: new Uint8Array(3 * 640 * 480) }),
  }));
  const encode = () => Uint8Array.of(0xff, 0xd8);

  it('has all that a report shows', async () => {
    const made = await evaluatedRun({
      name: 'ours',
      images: [scene(0.9), scene(0.8)],
      protocols: [{ ...caltechProtocols[0], benchmark: 'Caltech' }, caltechProtocols[5]],
      pictures: { samples, encode, count: 1 },
      fppi: 1,
    });
    expect(made.subsets.map(({ name, result }) => [name, result?.truths])).toEqual([
      ['Reasonable', 4],
      ['Scale=far', undefined], // none of 20 to 30 pixels
    ]);
    // one of two found at every reference
    expect(made.subsets[0]?.result?.logAverage).toBeCloseTo(0.5, 12);
    expect(made.gallery?.map(({ kind, why, id, height }) => [kind, why, id, height])).toEqual([
      ['missed', 'missed', 'V0', 60],
      ['false', 'background', 'V0', 100],
    ]);
    const html = report([made]);
    expect(html).toMatch(/id="results".*id="errors".*id="gallery"/s);
    expect(report([JSON.parse(JSON.stringify(made))])).toBe(html); // kept as a file, to be compared with later
  });
  it("takes pictures from the samples of a protocol's own sets", async () => {
    const images = [scene(0.9), scene(0.8)].map((image, i) => ({ ...image, id: `set0${i}/V000/I00000` }));
    const protocol = { ...plainProtocol, rules: { sets: [1] } };
    const pictures = { samples, encode, count: 1 };
    const made = await evaluatedRun({ name: 'ours', images, protocols: [protocol], pictures, fppi: 1 });
    expect([made.errors?.images, made.gallery?.map(({ id }) => id)]).toEqual([1, ['V1', 'V1']]);
  });
  it('has no calibration where scores are no probabilities', async () => {
    const made = await evaluatedRun({ name: 'ours', images: [scene(40)], protocols: [plainProtocol] });
    expect([made.calibration, made.gallery]).toEqual([undefined, undefined]);
  });
  it('asks for the sample of each image', async () => {
    const pictures = { samples: samples.slice(1), encode };
    await expect(
      evaluatedRun({ name: 'ours', images: [scene(0.9), scene(0.8)], protocols: [plainProtocol], pictures }),
    ).rejects.toThrow(/1 samples for 2 images/);
  });
});

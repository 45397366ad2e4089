import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../src/data/formatError.ts';
import { convert } from '../../src/data/formats/convert.ts';
import { scenes } from '../../src/data/scenes.ts';
import { openSeq } from '../../src/data/seq.ts';
import type { DataSet } from '../../src/data/skipped.ts';
import { caltech } from '../../src/node/caltech.ts';
import { fileSource } from '../../src/node/files.ts';
import { cityPersons } from '../../src/node/formatsCity.ts';
import { coco } from '../../src/node/formatsCoco.ts';
import { crowdHuman } from '../../src/node/formatsCrowdHuman.ts';
import { euroCity } from '../../src/node/formatsEuroCity.ts';
import { bbGtFolder, plainFolder } from '../../src/node/formatsFolder.ts';
import { inria } from '../../src/node/formatsInria.ts';
import { kaist } from '../../src/node/formatsKaist.ts';
import { mot } from '../../src/node/formatsMot.ts';
import { voc } from '../../src/node/formatsVoc.ts';
import { widerPerson } from '../../src/node/formatsWiderPerson.ts';
import { writeConverted } from '../../src/node/formatsWrite.ts';
import { yolo } from '../../src/node/formatsYolo.ts';
import { encodeJpeg, encodePng } from '../../src/node/images.ts';
import { pennFudan } from '../../src/node/pennFudan.ts';
import { writeScenes } from '../../src/node/scenes.ts';
import { cityPersonsMat } from '../data/formats/cases.ts';
import * as samples from '../data/formats/samples.ts';
import { sharedData } from '../data/shared.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pyramidion-formats-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Writes files into a folder of its own for a test; a size makes an image of it. */
async function made(name: string, files: Readonly<Record<string, string | Uint8Array | readonly [number, number]>>) {
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, name, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, isSize(content) ? await picture(content, path) : content);
  }
  return join(root, name);
}
const isSize = (content: unknown): content is readonly [number, number] => Array.isArray(content);

const pictures = new Map<string, Uint8Array>();
async function picture([height, width]: readonly [number, number], path: string): Promise<Uint8Array> {
  const png = path.endsWith('.png');
  const key = `${height} ${width} ${png}`;
  const image = { width, height, data: new Uint8Array(3 * width * height).fill(90) };
  const bytes = pictures.get(key) ?? (await (png ? encodePng(image) : encodeJpeg(image)));
  pictures.set(key, bytes);
  return bytes;
}

const boxes = ({ samples: list }: DataSet) => list.map(({ objects }) => objects.length);
const ids = ({ samples: list }: DataSet) => list.map(({ id }) => id);
const sizes = ({ samples: list }: DataSet) => list.map(({ height, width }) => [height, width]);

describe('kaist', () => {
  const frames = ['set00/V000/I00001', 'set06/V001/I00019'];
  const images = Object.fromEntries(
    frames.flatMap((id) =>
      ['visible', 'lwir'].map(
        (camera) => [`images/${id.slice(0, 10)}/${camera}/${id.slice(11)}.jpg`, [512, 640]] as const,
      ),
    ),
  );
  const texts = Object.fromEntries(frames.map((id) => [`annotations/${id}.txt`, samples.kaistText] as const));

  it('reads texts, one camera or the other, and its list of frames', async () => {
    const directory = await made('kaist', { ...images, ...texts, 'imageSets/test.txt': 'set06/V001/I00019\n' });
    const set = await kaist(directory);
    expect([ids(set), boxes(set), sizes(set)]).toEqual([frames, [4, 4], [[512, 640], [512, 640]]]); // biome-ignore format: pairs
    expect((await set.samples[0]?.image())?.width).toBe(640);
    expect(ids(await kaist(directory, { camera: 'lwir', list: 'imageSets/test.txt' }))).toEqual(['set06/V001/I00019']);
    const only = ['set06/V001/I00019', 'set06/V001/I00039'];
    await expect(kaist(directory, { only })).rejects.toThrow(
      /there is no image set06\/V001\/I00039 among the 1 of .*images; they are called as set06\/V001\/I00019/,
    );
    const left = await kaist(directory, { only, onBad: 'skip' });
    expect([ids(left), left.skipped.map(({ where }) => where)]).toEqual([only.slice(0, 1), only.slice(1)]);
    await expect(kaist(directory, { annotations: 'nowhere' })).rejects.toThrow('has no nowhere; give its name');
  });

  it('reads XML, paired texts of one camera, corners, and names with _ for /', async () => {
    const directory = await made('kaist-forms', {
      ...images,
      'xml/set00/V000/I00001.xml': samples.kaistXmlSides,
      'paired/set00/V000/visible/I00001.txt': samples.kaistText,
      'paired/set00/V000/lwir/I00001.txt': '% bbGt version=3\nperson 1 1 20 50 0 0 0 0 0 0 0\n',
      'clean/set00_V000_I00001.txt': samples.kaistSanitized,
    });
    const objects = async (options: Parameters<typeof kaist>[1]) =>
      (await kaist(directory, options)).samples[0]?.objects;
    expect((await objects({ annotations: 'xml' }))?.length).toBe(2);
    expect((await objects({ annotations: 'paired' }))?.length).toBe(4);
    expect(await objects({ annotations: 'paired', camera: 'lwir' })).toEqual([
      { box: [0, 0, 50, 20], label: 'person', occlusion: 'none' },
    ]);
    expect((await objects({ annotations: 'clean', texts: 'corners' }))?.map(({ label }) => label)).toEqual([
      'person',
      'ignore',
    ]);
  });

  const shared = sharedData('kaist');
  it.skipIf(shared.absent)('reads the real frames of the test set (where the shared data lie)', async () => {
    const only = ['set06/V001/I00459', 'set08/V001/I02579', 'set09/V000/I01139'];
    for (const camera of ['visible', 'lwir'] as const) {
      const set = await kaist(shared.path, { annotations: 'KAIST_annotation.json', only, camera });
      expect(ids(set)).toEqual(only);
      expect(boxes(set).every((count) => count > 0)).toBe(true);
      const image = await set.samples[0]?.image();
      expect([image?.height, image?.width]).toEqual([512, 640]);
    }
    const there = await kaist(shared.path, { annotations: 'KAIST_annotation.json', onBad: 'skip' });
    expect([there.samples.length, there.skipped.length]).toEqual([6, 2246]); // of 2,252 frames six lie there
  });
});

describe('cityPersons', () => {
  const images = {
    'leftImg8bit/val/frankfurt/frankfurt_000000_000294_leftImg8bit.png': [1024, 2048],
    'leftImg8bit/val/frankfurt/frankfurt_000000_000576_leftImg8bit.png': [1024, 2048],
  } as const;
  it("reads MAT and Cityscapes' JSON to the same samples", async () => {
    const mat = await cityPersons(await made('city-mat', { ...images, 'anno_val.mat': cityPersonsMat() }), {
      split: 'val',
    });
    const directory = await made('city-json', {
      ...images,
      'gtBboxCityPersons/val/frankfurt/frankfurt_000000_000294_gtBboxCityPersons.json': samples.cityscapesJson,
    });
    const json = await cityPersons(directory, { split: 'val' });
    expect(ids(mat)).toEqual(['frankfurt_000000_000294', 'frankfurt_000000_000576']);
    expect(ids(json)).toEqual(['frankfurt_000000_000294']);
    expect(json.samples[0]?.objects[0]).toEqual(mat.samples[0]?.objects[0]);
    expect((await json.samples[0]?.image())?.height).toBe(1024);
    await expect(cityPersons(directory, { split: 'train' })).rejects.toThrow('has no *_gtBboxCityPersons.json');
  });
});

describe('euroCity', () => {
  it('finds images by their labels', async () => {
    const directory = await made('ecp', {
      'night/labels/val/lyon/lyon_00001.json': samples.euroCityJson,
      'night/img/val/lyon/lyon_00001.png': [1024, 1920],
    });
    const set = await euroCity(directory, { split: 'val', time: 'night' });
    expect([ids(set), boxes(set)]).toEqual([['lyon_00001'], [5]]);
    expect((await set.samples[0]?.image())?.width).toBe(1920);
    await expect(euroCity(directory, { split: 'val', time: 'day' })).rejects.toThrow(
      'give the folder that has day and night',
    );
  });
});

describe('crowdHuman', () => {
  it('reads sizes from the images, line by line, and says which line is wrong', async () => {
    const files = {
      'annotation_val.odgt': `${samples.odgt}\n{"ID": "c", "gtboxes": [{"tag": "dog"}]}\n`,
      'Images/273271,c9db000d5146c15.jpg': [700, 300],
      'Images/b.jpg': [20, 30],
      'Images/c.jpg': [20, 30],
    } as const;
    const directory = await made('crowd', files);
    await expect(crowdHuman(directory, { split: 'val' })).rejects.toThrow(
      /annotation_val\.odgt: line 4: gtboxes\[0\]\.tag is "dog"; it may be person or mask/,
    );
    const set = await crowdHuman(directory, { split: 'val', onBad: 'skip' });
    expect(sizes(set)).toEqual([[700, 300], [20, 30], [20, 30]]); // biome-ignore format: pairs
    expect([boxes(set), set.skipped.length]).toEqual([[3, 0, 0], 1]); // the object, not its image
    await expect(crowdHuman(directory, { split: 'train' })).rejects.toThrow('give the folder, as published');
  });
});

describe('widerPerson', () => {
  it('reads the images of a list', async () => {
    const directory = await made('wider', {
      'train.txt': '000040\n000041\n',
      'Annotations/000040.jpg.txt': samples.widerPerson,
      'Images/000040.jpg': [100, 90],
    });
    await expect(widerPerson(directory, { split: 'train' })).rejects.toThrow(/000041\.jpg\.txt is missing/);
    const set = await widerPerson(directory, { split: 'train', onBad: 'skip' });
    expect([ids(set), boxes(set), sizes(set)]).toEqual([['000040'], [4], [[100, 90]]]);
    expect(set.skipped.map(({ where }) => where)).toEqual(['000041']);
  });

  it('does not leave its folder for a name of the list', async () => {
    const directory = await made('wider-out', { 'train.txt': '../../etc/passwd\n' });
    await expect(widerPerson(directory, { split: 'train' })).rejects.toThrow(
      /line 1 is "..\/..\/etc\/passwd"; it must be a path/,
    );
  });
});

describe('inria', () => {
  it('reads people, and images without when asked', async () => {
    const directory = await made('inria', {
      'Train/annotations/crop_000010.txt': samples.inriaText,
      'Train/pos/crop_000010.png': [720, 594],
      'Train/neg/00000002a.png': [30, 40],
    });
    expect(ids(await inria(directory, { split: 'train' }))).toEqual(['Train/pos/crop_000010']);
    const set = await inria(directory, { split: 'train', negatives: 'keep' });
    expect([ids(set)[1], boxes(set), sizes(set)[1]]).toEqual(['Train/neg/00000002a', [2, 0], [30, 40]]);
    expect((await set.samples[0]?.image())?.height).toBe(720);
  });
});

describe('mot', () => {
  it('reads all frames of a sequence, or every second', async () => {
    const directory = await made('mot', {
      'MOT17-02-DPM/seqinfo.ini': samples.motInfo,
      'MOT17-02-DPM/gt/gt.txt': samples.motTruth,
      'MOT17-02-DPM/img1/000001.jpg': [1080, 1920],
      'test-only/seqinfo.ini': samples.motInfo,
    });
    const set = await mot(directory);
    expect([ids(set)[2], boxes(set)]).toEqual(['MOT17-02-DPM/000003', [2, 2, 0]]);
    expect(ids(await mot(directory, { step: 2 }))).toEqual(['MOT17-02-DPM/000001', 'MOT17-02-DPM/000003']);
    expect((await set.samples[0]?.image())?.width).toBe(1920);
    await expect(set.samples[1]?.image()).rejects.toThrow(/000002\.jpg is missing/);
    expect((await mot(directory, { onBad: 'skip' })).skipped.length).toBe(2);
    await expect(mot(directory, { step: 0 })).rejects.toThrow('step is 0');
  });
});

describe('yolo', () => {
  const files = {
    'images/train/a.jpg': [480, 640],
    'images/train/deep/b.png': [48, 64],
    'labels/train/a.txt': samples.yolo,
    'data.yaml': 'train: ../images/train\nval: ../../elsewhere\nnames: [person, car]\n',
  } as const;

  it('finds labels by images, an image without labels shows nothing', async () => {
    const directory = await made('yolo', files);
    const set = await yolo(join(directory, 'data.yaml'), { split: 'train' });
    expect([ids(set), boxes(set), sizes(set)]).toEqual([
      ['images/train/a', 'images/train/deep/b'],
      [3, 0],
      [[480, 640], [48, 64]], // biome-ignore format: pairs
    ]);
    await expect(yolo(join(directory, 'data.yaml'), { split: 'test' })).rejects.toThrow(
      'has no test; it has train, val',
    );
  });

  it('does not leave its root', async () => {
    const directory = await made('yolo-out', files);
    await made('elsewhere', { 'x.jpg': [10, 10] });
    const failure = yolo(join(directory, 'data.yaml'), { split: 'val' });
    await expect(failure).rejects.toThrow(
      /"..\/..\/elsewhere" is no folder or list below .*, and what lies outside is not read; give root/,
    );
    await expect(failure).rejects.toBeInstanceOf(FormatError);
  });
});

describe('an image that EXIF turns', () => {
  it('has the size that it is shown with', async () => {
    const upright = await picture([20, 30], 'a.jpg');
    // APP1 with orientation 6 after the start of the file
    const exif = [255, 225, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]; // biome-ignore format: bytes
    const turned = Uint8Array.from([...upright.subarray(0, 2), ...exif, ...upright.subarray(2)]);
    const directory = await made('turned', { 'data.yaml': 'train: images\nnames: [a]', 'images/a.jpg': turned });
    const set = await yolo(join(directory, 'data.yaml'), { split: 'train' });
    expect(sizes(set)).toEqual([[30, 20]]);
    expect((await set.samples[0]?.image())?.height).toBe(30);
  });
});

describe('writeConverted', () => {
  const list = scenes({ seed: 5, size: [48, 64], sequences: 1, framesPerSequence: 3, people: [1, 3] });
  const splits = new Map([
    ['train', list.slice(0, 2).map(({ id }) => id)],
    ['val', list.slice(2).map(({ id }) => id)],
  ]);
  const pixels = async (set: DataSet) => Promise.all(set.samples.map(async (sample) => (await sample.image()).data));
  const labels = ({ samples: all }: DataSet) => all.map(({ objects }) => objects.map(({ label }) => label));
  const wanted = { samples: list, skipped: [] };

  it.each([
    ['coco', (at: string) => coco(join(at, 'annotations/instances_train.json'), { images: join(at, 'train') })],
    ['voc', (at: string) => voc(at, { split: 'train' })],
    ['bbgt', (at: string) => bbGtFolder(join(at, 'train'))],
    ['folder', (at: string) => plainFolder(at, { split: 'train' })],
  ] as const)('makes a %s folder that its reader reads: pixels to the bit, labels and boxes', async (to, read) => {
    const at = join(root, `to-${to}`);
    const paths: string[] = [];
    const done = convert(list, { to, splits });
    await writeConverted(at, done, { onFile: (path) => paths.push(path) });
    expect(paths).toEqual([...done.images.map(({ path }) => path), ...done.files.keys()]);
    const set = await read(at);
    const first = { samples: list.slice(0, 2), skipped: [] };
    expect(await pixels(set)).toEqual(await pixels(first));
    expect(labels(set)).toEqual(labels(first));
    const names = (await readdir(at, { recursive: true })).filter((name) => name.endsWith('.part'));
    expect(names).toEqual([]); // nothing half-written is left
  });

  it('makes a YOLO folder of what counts', async () => {
    const at = join(root, 'to-yolo');
    await writeConverted(at, convert(list, { to: 'yolo', splits }));
    const set = await yolo(join(at, 'data.yaml'), { split: 'val' });
    expect(await pixels(set)).toEqual(await pixels({ samples: list.slice(2), skipped: [] }));
    expect(labels(set)[0]).toEqual(labels(wanted)[2]?.filter((_, i) => list[2]?.objects[i]?.ignore === undefined));
  });

  it('copies an image that lies in a file byte for byte', async () => {
    const at = join(root, 'copied');
    const set = await bbGtFolder(join(root, 'to-bbgt/train'));
    await writeConverted(at, convert(set.samples, { to: 'coco' }));
    const [name = ''] = await readdir(join(at, 'train'));
    const original = await readFile(join(root, 'to-bbgt/train/images', name));
    expect(Buffer.compare(await readFile(join(at, 'train', name)), original)).toBe(0);
  });

  it('copies the JPEG frames of a Caltech video as they lie in its .seq', async () => {
    const videos = join(root, 'videos');
    const street = { seed: 5, size: [48, 64], sequences: 1, framesPerSequence: 2, people: [1, 3] } as const;
    await writeScenes(videos, street, { set: 'set00' });
    const set = await caltech(videos, { skip: 1 });
    const at = join(root, 'frames');
    await writeConverted(at, convert(set.samples, { to: 'voc' }));
    const seq = await openSeq(await fileSource(join(videos, 'set00/V000.seq')));
    const copied = await readFile(join(at, 'JPEGImages/set00_V000_I00001.jpg'));
    expect(Buffer.compare(copied, (await seq.frame(1)).bytes)).toBe(0);
    expect((await voc(at)).samples.map(({ objects }) => objects.map(({ box }) => box))).toEqual(
      set.samples.map(({ objects }) => objects.map(({ box }) => box)),
    );
  });

  it('writes texts alone when asked, and stops when told', async () => {
    const at = join(root, 'texts');
    await writeConverted(at, convert(list, { to: 'voc' }), { images: 'none' });
    expect((await readdir(at)).sort()).toEqual(['Annotations', 'ImageSets']);
    const stopped = writeConverted(join(root, 'never'), convert(list, { to: 'voc' }), {
      signal: AbortSignal.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
  });

  it('writes nothing at all where one path leads out', async () => {
    const at = join(root, 'escape');
    const bad = { files: new Map([['a.txt', 'a'], ['../b.txt', 'b']]), images: [], lost: [], leftOut: [] }; // biome-ignore format: pairs
    await expect(writeConverted(at, bad)).rejects.toThrow('"../b.txt" leads out of');
    await expect(readdir(at)).rejects.toThrow('ENOENT');
  });

  const photographs = sharedData('penn-fudan');
  it.skipIf(photographs.absent)(
    'converts Penn-Fudan photographs and brings their boxes back (where the shared data lie)',
    async () => {
      const only = ['FudanPed00001', 'PennPed00087'];
      const set = await pennFudan(photographs.path, { only });
      const at = join(root, 'penn-voc');
      const done = convert(set.samples, { to: 'voc' });
      expect(done.lost).toEqual([]);
      await writeConverted(at, done);
      const back = await voc(at, { split: 'train' });
      expect(back.samples.map(({ objects }) => objects)).toEqual(set.samples.map(({ objects }) => objects));
      expect(await pixels(back)).toEqual(await pixels(set));
    },
  );
});

import { describe, expect, it, vi } from 'vitest';
import { canvasOf } from '../../src/data/augmentCanvas.ts';
import { type Drawing, drawingOf } from '../../src/data/augmentRender.ts';
import { batches } from '../../src/data/batches.ts';
import type { Answer, OpenPort, Request } from '../../src/data/loaders.ts';
import { loadersOver } from '../../src/data/loadersPool.ts';
import { serving } from '../../src/data/loadersServe.ts';
import { startLoaders } from '../../src/data/loadersStart.ts';
import type { Sample } from '../../src/data/sample.ts';

const image = { height: 4, width: 6, data: new Uint8Array(72).fill(9) };
const place = { at: 'a.png', height: 4, width: 6 };
const drawing: Drawing = drawingOf(canvasOf([4, 6], []), {});
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A worker that answers when it is told to, and what was said to it. */
function silent() {
  const said: Request[] = [];
  const busy: boolean[] = [];
  const heard: { answer: (answer: Answer) => void; end: (reason: string) => void }[] = [];
  const stop = vi.fn();
  const open: OpenPort = (answer, end) => {
    heard.push({ answer, end });
    return { post: (request) => void said.push(request), busy: (is) => void busy.push(is), stop };
  };
  return {
    open,
    said,
    busy,
    stop,
    answer: (of: Answer) => heard[0]?.answer(of),
    end: (why: string) => heard[0]?.end(why),
  };
}

/** A worker on this thread. */
const near =
  (read = async () => image): OpenPort =>
  (hear) => {
    const answer = serving(read, (reply) => setTimeout(() => hear(reply)));
    return { post: (request) => answer(request), busy: () => {}, stop: () => {} };
  };

describe('loaders', () => {
  it('read and draw', async () => {
    const loaders = loadersOver([near()]);
    expect(await loaders.read(place)).toEqual(image);
    const pixels = await loaders.draw({ drawing, pictures: new Map([[0, place]]) });
    expect(pixels).toEqual(new Float32Array(72).fill(9));
  });

  it('are served two at a time, in their order', async () => {
    const begun: string[] = [];
    const answers: number[] = [];
    const ends: (() => void)[] = [];
    const serve = serving(
      ({ at }) => {
        begun.push(at);
        return new Promise((resolve) => ends.push(() => resolve(image)));
      },
      ({ id }) => void answers.push(id),
    );
    for (let id = 0; id < 4; id++) serve({ id, kind: 'read', place: { ...place, at: `${id}` } });
    await sleep(1);
    expect(begun).toEqual(['0', '1']);
    ends[1]?.();
    await sleep(1);
    expect([begun, answers]).toEqual([['0', '1', '2'], [1]]);
  });

  it('draw into memory that was given back', async () => {
    const loaders = loadersOver([near()]);
    const first = await loaders.draw({ drawing, pictures: new Map([[0, image]]) });
    loaders.giveBack(first);
    expect(await loaders.draw({ drawing, pictures: new Map([[0, image]]) })).toBe(first);
  });

  it('have sixteen requests at once, the rest waits; a worker is busy only while it has some', async () => {
    const worker = silent();
    const loaders = loadersOver([worker.open]);
    const all = Array.from({ length: 17 }, () => loaders.read(place));
    expect(worker.said).toHaveLength(16);
    worker.answer({ id: 0, kind: 'read', image });
    expect(worker.said.map(({ id }) => id)).toEqual(Array.from({ length: 17 }, (_, id) => id));
    for (let id = 16; id > 0; id--) worker.answer({ id, kind: 'read', image });
    expect(await Promise.all(all)).toEqual(Array.from({ length: 17 }, () => image));
    expect(worker.busy.at(-1)).toBe(false);
  });

  it('share requests among workers', () => {
    const [one, other] = [silent(), silent()];
    const loaders = loadersOver([one.open, other.open]);
    for (let i = 0; i < 5; i++) loaders.read(place).catch(() => {});
    expect([one.said.length, other.said.length]).toEqual([3, 2]);
    loaders.dispose();
  });

  it("end with the signal's reason, and what has not begun never begins", async () => {
    const worker = silent();
    const loaders = loadersOver([worker.open]);
    const controller = new AbortController();
    const all = Array.from({ length: 20 }, () => loaders.read(place, controller.signal));
    controller.abort(new Error('enough'));
    for (const one of all) await expect(one).rejects.toThrow('enough');
    worker.answer({ id: 0, kind: 'read', image }); // nobody waits for it
    worker.answer({ id: 1, kind: 'read', image });
    expect(worker.said).toHaveLength(16);
    await expect(loaders.read(place, controller.signal)).rejects.toThrow('enough');
  });

  it('listen to a signal once, however many requests it may end', async () => {
    const loaders = loadersOver([near()]);
    const { signal } = new AbortController();
    const listen = vi.spyOn(signal, 'addEventListener');
    await Promise.all(Array.from({ length: 20 }, () => loaders.read(place, signal)));
    expect(listen).toHaveBeenCalledTimes(1); // Node warns of more than ten
  });

  it('fail what cannot be sent, and go on', async () => {
    const worker = silent();
    const loaders = loadersOver([
      (...hear) => ({
        ...worker.open(...hear),
        post: () => {
          throw new Error('it is no data');
        },
      }),
    ]);
    for (let i = 0; i < 3; i++) await expect(loaders.read(place)).rejects.toThrow('it is no data');
    expect(worker.busy.at(-1)).toBe(false);
  });

  it('fail what is under way and all that follows when a worker ends by itself', async () => {
    const worker = silent();
    const loaders = loadersOver([worker.open]);
    const all = [0, 1, 2].map(() => loaders.read(place));
    worker.end('it left with 137');
    for (const one of [...all, loaders.read(place)])
      await expect(one).rejects.toThrow('batches: a worker that loads images ended by itself: it left with 137');
    expect(worker.stop).toHaveBeenCalled();
  });

  it('fail what is under way when they are disposed', async () => {
    const worker = silent();
    const loaders = loadersOver([worker.open]);
    const one = loaders.read(place);
    loaders.dispose();
    await expect(one).rejects.toThrow('the workers that load images were disposed');
  });

  it('say which picture could not be read, and why', async () => {
    const loaders = loadersOver([near(() => Promise.reject(new Error('a.png is missing')))]);
    await expect(loaders.read(place)).rejects.toThrow('a.png is missing');
    const drawn = loaders.draw({
      drawing,
      pictures: new Map<number, typeof place | typeof image>([
        [5, image],
        [7, place],
      ]),
    });
    await expect(drawn).rejects.toMatchObject({ name: 'UnreadPicture', picture: 7, message: 'a.png is missing' });
  });
});

describe('startLoaders', () => {
  const start = vi.fn(() => loadersOver([]));
  const plain: Sample = { id: 'a', height: 4, width: 6, objects: [], image: async () => image };
  const placed: Sample = { ...plain, image: Object.assign(async () => image, { at: 'a.png', start }) };

  it('starts what the reader of the samples knows, as many as are wanted or as it thinks right', () => {
    startLoaders('train', [plain, placed], undefined);
    expect(start).toHaveBeenLastCalledWith({});
    startLoaders('train', [plain, placed], 2);
    expect(start).toHaveBeenLastCalledWith({ count: 2 });
  });

  it('starts none for samples whose place nobody knows, nor for a number of 0', () => {
    expect(startLoaders('train', [plain], undefined).loaders).toBeUndefined();
    expect(startLoaders('train', [placed], 0).loaders).toBeUndefined();
  });

  it('forgets the place of a sample whose image is another', () => {
    const changed: Sample = { ...placed, image: async () => image };
    expect(startLoaders('train', [changed], undefined).loaders).toBeUndefined();
  });

  it('refuses what cannot be', () => {
    expect(() => startLoaders('train', [plain], 1.5)).toThrow('train: workers is 1.5; it must be a whole number');
    expect(() => startLoaders('train', [plain], 2)).toThrow(/workers is 2, but the samples do not say where/);
  });

  it('ends what it started, and not what it was given', async () => {
    const given = loadersOver([near()]);
    startLoaders('train', [plain], given).dispose();
    expect(await given.read(place)).toEqual(image);
    start.mockReturnValueOnce(loadersOver([near()]));
    const { loaders, dispose } = startLoaders('train', [placed], 1);
    dispose();
    await expect(loaders?.read(place)).rejects.toThrow(/disposed/);
  });
});

describe('batches by workers', () => {
  it('read no further than their look-ahead', async () => {
    const read = vi.fn(async () => image);
    const samples = Array.from({ length: 40 }, (_, i): Sample => {
      const reader = Object.assign(async () => image, { at: `${i}.png` });
      return { id: `${i}`, height: 4, width: 6, objects: [], image: reader };
    });
    const workers = loadersOver([near(read), near(read)]);
    const epoch = batches(samples, { size: [4, 6], batch: 4, seed: 0, epoch: 0, ahead: 1, workers });
    await epoch.next();
    await sleep(30);
    expect(read).toHaveBeenCalledTimes(8);
    await epoch.return();
    await sleep(10);
    expect(read).toHaveBeenCalledTimes(8);
  });
});

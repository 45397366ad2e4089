/** What a run spends its time on. */
export type Phase = 'waiting' | 'steps' | 'validation' | 'saving';

/** Seconds since a run began or went on, by what they were spent on. */
export type Spent = { readonly [phase in Phase]: number };

/** How fast a run is. */
export interface Pace {
  readonly imagesPerSecond: number;
  /** Share of the time that was spent waiting for images. */
  readonly waiting: number;
  /** At this pace; what validation took counts. */
  readonly secondsLeft: number;
}

export interface Stopwatch {
  /** From now on the run does this. */
  readonly begin: (phase: Phase) => void;
  /** Since it was made. */
  readonly seconds: () => number;
  /** The same by phase, without what came before the first. */
  readonly spent: () => Spent;
  /** After so many of all steps. */
  readonly pace: (step: number, steps: number) => Pace;
}

/** Times the steps of a run that goes on after `firstStep` steps, each of so many images. */
export function stopwatch(firstStep: number, batch: number): Stopwatch {
  const start = performance.now();
  const all = { waiting: 0, steps: 0, validation: 0, saving: 0 };
  let [phase, since]: [Phase | undefined, number] = [undefined, start];
  const count = () => {
    const now = performance.now();
    if (phase) all[phase] += (now - since) / 1000;
    since = now;
  };
  const seconds = () => (performance.now() - start) / 1000;
  return {
    begin: (next) => {
      count();
      phase = next;
    },
    seconds,
    spent: () => {
      count();
      return { ...all };
    },
    pace: (step, steps) => {
      count();
      const spent = Math.max(seconds(), 1e-6); // a clock may stand still for a moment
      const taken = step - firstStep;
      return {
        imagesPerSecond: (batch * taken) / spent,
        waiting: all.waiting / spent,
        secondsLeft: ((steps - step) * spent) / taken,
      };
    },
  };
}

/** How fast a run is. */
export interface Pace {
  readonly imagesPerSecond: number;
  /** Share of the time that was spent waiting for images. */
  readonly waiting: number;
  /** At this pace; what validation took counts. */
  readonly secondsLeft: number;
}

export interface Stopwatch {
  /** The run waits for images. */
  readonly wait: () => void;
  /** It has them. */
  readonly work: () => void;
  /** Since it was made. */
  readonly seconds: () => number;
  /** After so many of all steps. */
  readonly pace: (step: number, steps: number) => Pace;
}

/** Times the steps of a run that goes on after `firstStep` steps, each of so many images. */
export function stopwatch(firstStep: number, batch: number): Stopwatch {
  const start = performance.now();
  let waited = 0;
  let since: number | undefined;
  const seconds = () => (performance.now() - start) / 1000;
  return {
    wait: () => {
      since = performance.now();
    },
    work: () => {
      if (since !== undefined) waited += performance.now() - since;
      since = undefined;
    },
    seconds,
    pace: (step, steps) => {
      const spent = Math.max(seconds(), 1e-6); // a clock may stand still for a moment
      const taken = step - firstStep;
      return {
        imagesPerSecond: (batch * taken) / spent,
        waiting: waited / 1000 / spent,
        secondsLeft: ((steps - step) * spent) / taken,
      };
    },
  };
}

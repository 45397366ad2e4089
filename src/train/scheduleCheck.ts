import type { Schedule } from './schedule.ts';

const names = ['constant', 'multiStep', 'step', 'exponential', 'polynomial', 'cosine', 'oneCycle', 'plateau'] as const;

/** A schedule may come from a file, so that its names are checked too. @throws RangeError naming what cannot be */
export function checkSchedule(where: string, schedule: Schedule): void {
  const check = (field: string, value: number, fits: boolean, may: string) => {
    if (!(fits && Number.isFinite(value))) throw new RangeError(`${where}: ${field} is ${value}; it must be ${may}`);
  };
  const whole = (field: string, value: number, of: string) =>
    check(field, value, Number.isInteger(value) && value >= 0, `a whole number of ${of}`);
  const above = (field: string, value: number) => check(field, value, value > 0, 'above 0');
  const share = (field: string, value: number) =>
    check(field, value, value > 0 && value <= 1, 'a share of the run, above 0 to 1');
  const word = (field: string, value: string, words: readonly string[]) => {
    if (!words.includes(value))
      throw new RangeError(`${where}: ${field} is '${value}'; it must be ${words.join(' or ')}`);
  };

  if (!names.some((name) => name === schedule.name))
    throw new RangeError(`${where}: there is no schedule '${schedule.name}'; there are ${names.join(', ')}`);
  const { rate, warmUp = 0 } = schedule;
  const least = (value: number) => check('least', value, value >= 0 && value <= rate, `0 to the rate, ${rate}`);
  above('rate', rate);
  if (typeof warmUp === 'number') whole('warmUp', warmUp, 'steps');
  else {
    whole('warmUp.steps', warmUp.steps, 'steps');
    check('warmUp.from', warmUp.from, warmUp.from >= 0, 'a rate of at least 0');
    word('warmUp.rest', warmUp.rest ?? 'joins', ['joins', 'begins']);
  }

  switch (schedule.name) {
    case 'constant':
      return;
    case 'multiStep':
      above('factor', schedule.factor ?? 0.1);
      if (!schedule.at.every((share) => share > 0 && share < 1))
        throw new RangeError(`${where}: at is [${schedule.at}]; give shares of the run between 0 and 1`);
      return;
    case 'step':
    case 'exponential':
      share('every', schedule.every);
      above('factor', schedule.factor ?? 0.1);
      return;
    case 'polynomial':
      above('power', schedule.power ?? 1);
      least(schedule.least ?? 0);
      return;
    case 'cosine': {
      least(schedule.least ?? 0);
      if (schedule.cycles === undefined) return;
      const { first, growth = 1, factor = 1, most = 1 } = schedule.cycles;
      share('cycles.first', first);
      above('cycles.growth', growth);
      check('cycles.factor', factor, factor > 0 && factor <= 1, 'above 0 to 1');
      whole('cycles.most', most, 'cycles');
      return;
    }
    case 'oneCycle': {
      const { rise = 0.3, divide = 25, divideLast = 1e4, shape = 'cosine', phases = 'two' } = schedule;
      const longest = phases === 'two' ? 1 : 0.5;
      check('rise', rise, rise > 0 && rise < longest, `a share of the run between 0 and ${longest}`);
      above('divide', divide);
      above('divideLast', divideLast);
      word('shape', shape, ['cosine', 'linear']);
      word('phases', phases, ['two', 'three']);
      return;
    }
    case 'plateau': {
      const { factor = 0.1, patience = 10, threshold = 1e-4, thresholdIs = 'share', cooldown = 0 } = schedule;
      check('factor', factor, factor > 0 && factor < 1, 'between 0 and 1');
      whole('patience', patience, 'validations');
      whole('cooldown', cooldown, 'validations');
      word('thresholdIs', thresholdIs, ['share', 'amount']);
      check('threshold', threshold, threshold >= 0 && threshold < 1, 'at least 0 and below 1');
      least(schedule.least ?? 0);
      return;
    }
  }
}

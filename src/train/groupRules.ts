import type { Weight } from '../core/weight.ts';
import type { GroupRule } from './groups.ts';
import type { Optimizer } from './optimizer.ts';
import { optimizerOf, type Recipe } from './recipe.ts';
import type { StepOptions } from './step.ts';

/** What the groups of a recipe mean for a step. */
export function groupRules(
  recipe: Recipe,
  rules: ReadonlyMap<Weight, GroupRule>,
): NonNullable<StepOptions<unknown>['own']> {
  const decaying = new Map<number, Optimizer>();
  return (weight) => {
    const { rate = 1, weightDecay } = rules.get(weight) ?? {};
    if (weightDecay === undefined) return { rate };
    const optimizer =
      decaying.get(weightDecay) ?? optimizerOf({ ...recipe, optimizer: { ...recipe.optimizer, weightDecay } });
    decaying.set(weightDecay, optimizer);
    return { rate, optimizer };
  };
}

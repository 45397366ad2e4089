import { readFile } from 'node:fs/promises';
import { FormatError } from '../data/formatError.ts';
import { jsonObject, parseJson } from '../data/formats/json.ts';
import { baselineRecipe, checkRecipe, type Recipe, scenesRecipe, studyRecipe } from '../train/recipe.ts';
import { efficientDetRecipe, peopleLongRecipe, peopleRecipe, retinaNetRecipe, ssdRecipe } from '../train/recipeZoo.ts';

/** The study's in smaller batches, its gradients clipped: for photographs on a small computer. */
const photographsRecipe: Recipe = { ...studyRecipe, name: 'photographs', batch: 8, clipNorm: 10 };

/** Recipes by the name that `--recipe` takes. */
const recipes: ReadonlyMap<string, Recipe> = new Map(
  [
    ...[scenesRecipe, photographsRecipe, studyRecipe, baselineRecipe],
    ...[ssdRecipe, retinaNetRecipe, efficientDetRecipe, peopleRecipe, peopleLongRecipe],
  ].map((recipe: Recipe) => [recipe.name, recipe]),
);
export const recipeNames: readonly string[] = [...recipes.keys()];

/** A recipe by its name, or of a file of JSON. @throws FormatError for a file that holds none */
export async function recipeOf(text: string): Promise<Recipe> {
  const ready = recipes.get(text);
  if (ready) return ready;
  const given = jsonObject(parseJson(await readFile(text, 'utf8'), text), text);
  for (const key of ['name', 'optimizer', 'schedule', 'batch', 'epochs'])
    if (given[key] === undefined)
      throw new FormatError(`${text}: ${key} is missing; a recipe of JSON is as a checkpoint's`);
  for (const key of ['optimizer', 'schedule']) jsonObject(given[key], `${text}: ${key}`);
  const recipe = given as unknown as Recipe; // checkRecipe looks at what it says
  try {
    checkRecipe(recipe);
  } catch (error) {
    throw new FormatError(`${text}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  return recipe;
}

/** What is to be found: names of the classes, or how many there are, which are then called `1`, `2`, .... */
export type ClassNames =
  | { readonly labels: readonly string[]; readonly classes?: never }
  | { readonly classes: number; readonly labels?: never };

/** The names. @throws RangeError for no class or a name that is there twice */
export function classNames(where: string, { labels, classes }: ClassNames): readonly string[] {
  if (labels !== undefined) {
    if (labels.length === 0 || new Set(labels).size !== labels.length)
      throw new RangeError(`${where}: labels are [${labels}]; give at least one, none twice`);
    return labels;
  }
  if (!(Number.isInteger(classes) && classes >= 1))
    throw new RangeError(
      `${where}: classes is ${classes}; give how many there are, at least 1, or their names as labels`,
    );
  return Array.from({ length: classes }, (_, i) => `${i + 1}`);
}

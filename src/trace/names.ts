/** Makes names that were not given before and are none of those taken: `Add`, `Add_2`, `Add_3`. */
export function uniqueNames(before: Iterable<string> = []): (base: string) => string {
  const counts = new Map<string, number>();
  const taken = new Set(before);
  return (base) => {
    let count = counts.get(base) ?? 0;
    let name: string;
    do name = ++count === 1 ? base : `${base}_${count}`;
    while (taken.has(name));
    counts.set(base, count);
    taken.add(name);
    return name;
  };
}

/** Inputs of a kernel, by name, or a list for those that take a list: `AddN`, `Concat`, `Pack`. */
export type Inputs<T> = { readonly [name: string]: T } | readonly T[];

const isList = <T>(inputs: Inputs<T>): inputs is readonly T[] => Array.isArray(inputs);

/** Another thing for each input, a list for a list. */
export function mapInputs<T, U>(inputs: Inputs<T>, make: (item: T) => U): Inputs<U> {
  if (isList(inputs)) return inputs.map(make);
  return Object.fromEntries(Object.entries<T>(inputs).map(([name, item]) => [name, make(item)]));
}

/** Without the inputs that were not given, as the bias of a fused convolution. */
export function present<T>(inputs: Inputs<T | null | undefined>): Inputs<T> {
  const there = (item: T | null | undefined): item is T => item !== null && item !== undefined;
  if (isList(inputs)) return inputs.filter(there);
  return Object.fromEntries(
    Object.entries<T | null | undefined>(inputs).filter((entry): entry is [string, T] => there(entry[1])),
  );
}

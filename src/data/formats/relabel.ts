import type { Annotation } from '../../core/annotation.ts';

/**
 * Samples, or records, whose objects have other labels: `{ pedestrian: 'person', rider: null }` makes pedestrians persons
 * and drops riders, which become background. Labels that are not listed stay.
 */
export function relabel<S extends { readonly objects: readonly Annotation[] }>(
  samples: readonly S[],
  labels: Readonly<Record<string, string | null>>,
): readonly S[] {
  const by = new Map(Object.entries(labels));
  return samples.map((sample) => ({
    ...sample,
    objects: sample.objects.flatMap((object): Annotation[] => {
      const label = by.get(object.label);
      if (label === null) return [];
      return [label === undefined ? object : { ...object, label }];
    }),
  }));
}

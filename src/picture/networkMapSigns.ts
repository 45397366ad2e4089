const signs: { readonly [fusion: string]: string } = { sum: '+', 'weighted sum': 'Σ', concat: 'C' };

/** What stands in the circle of a fusion. */
export const signOf = ({ steps }: { readonly steps: readonly string[] }): string => signs[steps[0] ?? ''] ?? '∗';

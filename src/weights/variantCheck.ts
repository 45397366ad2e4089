import type { HasParts } from '../core/block.ts';

const nameIn = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null || !('name' in value)) return undefined;
  return typeof value.name === 'string' ? value.name : undefined;
};
const isHolder = (value: unknown): value is object =>
  (typeof value === 'object' || typeof value === 'function') && value !== null;

/** Whose weights a model is made for: its own variant, or its backbone's; undefined where nothing says so. */
export function variantOf(model: HasParts): string | undefined {
  const own = 'variant' in model ? nameIn(model.variant) : undefined;
  if (own !== undefined || !('backbone' in model) || !isHolder(model.backbone)) return own;
  return 'variant' in model.backbone ? nameIn(model.backbone.variant) : undefined;
}

/** @throws RangeError where weights are of other variants than the model is made for */
export function checkVariant(file: string, ofFile: readonly string[], ofModel: string | undefined): void {
  if (ofModel === undefined || ofFile.length === 0 || ofFile.includes(ofModel)) return;
  const [only] = ofFile;
  const remedy =
    ofFile.length === 1
      ? `make the model with { variant: ${only} }`
      : 'make the model with the one of them that it was trained as';
  throw new RangeError(
    `${file}: these are weights of the variant ${ofFile.join(' or ')}, but the model is made for ${ofModel}, ` +
      `with which they compute another function; ${remedy}`,
  );
}

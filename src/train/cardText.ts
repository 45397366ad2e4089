import type { Metrics, ModelCard, Origin } from './card.ts';
import type { Recipe } from './recipe.ts';

/** What a card is written from: a checkpoint's record, or what `saveWeights` kept of one. */
export interface CardRecord {
  readonly card: ModelCard;
  readonly recipe: Recipe;
  readonly state: { readonly seed: number; readonly step: number; readonly epoch: number; readonly metrics?: Metrics };
}

/** Where the metadata of a weights file hold a card. */
export const cardKey = 'pyramidion.card';

/** Metadata that tell where weights are from: `saveWeights(model, { metadata: cardMetadata(record) })`. Empty for a record without a card. */
export function cardMetadata({ card, recipe, state }: Omit<CardRecord, 'card'> & { readonly card?: ModelCard }): {
  readonly [name: string]: string;
} {
  if (card === undefined) return {};
  const { seed, step, epoch, metrics } = state;
  const record = { card, recipe, state: { seed, step, epoch, ...(metrics ? { metrics } : {}) } } satisfies CardRecord;
  return { [cardKey]: JSON.stringify(record) };
}

/**
 * A model card as a `README.md`: front matter in YAML that model hubs read, then text for people. What nobody said is
 * called unknown.
 *
 * @see https://huggingface.co/docs/hub/model-cards
 */
export const modelCardText = (record: CardRecord): string => `${frontMatter(record)}\n${cardBody(record)}`;

/** The same without front matter. */
export function cardBody({ card, recipe, state }: CardRecord): string {
  const { name = 'A detector', licence, data, held, began, notes, model, versions } = card;
  const figures = figuresOf(state.metrics);
  const rows = [
    ...(began ? [['began with', originText(began)]] : []),
    ['learned from', `${originText(data)}; ${images(data)}`],
    ...(held ? [['held out', `${originText(held)}; ${images(held)}`]] : []),
    ['licence of the weights', licence ?? 'unknown'],
    ['input', `RGB, ${model.inputSize.join(' x ')} pixels (rows x columns)`],
    ['finds', model.labels.join(', ')],
    ['parameters', model.parameters.toLocaleString('en')],
    ['seed', `${state.seed}`],
    ['trained', `${state.step.toLocaleString('en')} steps, ${state.epoch} of ${recipe.epochs} epochs`],
    [
      'versions',
      `pyramidion ${versions.pyramidion}, TensorFlow.js ${versions.tfjs} (${versions.backend}), ${versions.runtime}`,
    ],
  ];
  return `# ${line(name)}

An object detector, trained with pyramidion.
${notes ? `\n${notes.trim()}\n` : ''}
${figures.length > 0 ? `| metric | value |\n|---|---|\n${figures.map(({ name: metric, text }) => `| ${metric} | ${text} |`).join('\n')}` : 'Nothing was measured so far.'}

| | |
|---|---|
${rows.map(([key = '', value = '']) => `| ${key} | ${cell(value)} |`).join('\n')}

Lists of images as SHA-256 of a line for each, \`id<tab>width<tab>height\`: learned from \`${data.sha256}\`${held ? `, held out \`${held.sha256}\`` : ''}.

## Recipe

\`\`\`json
${JSON.stringify(recipe, null, 2)}
\`\`\`
`;
}

interface Figure {
  readonly name: string;
  readonly type: string;
  readonly value: number;
  readonly text: string;
}

function figuresOf(metrics: Metrics | undefined): Figure[] {
  if (metrics === undefined) return [];
  const { loss, validation } = metrics;
  const rate = validation?.missRate;
  const figure = (name: string, type: string, value: number | undefined, text = value?.toFixed(4)) =>
    value === undefined || text === undefined ? [] : [{ name, type, value, text }];
  return [
    ...(rate
      ? figure(
          `log-average miss rate on ${rate.images} held-out images with ${rate.truths} objects that count`,
          'log_average_miss_rate',
          rate.logAverage,
          `${(100 * rate.logAverage).toFixed(2)} %`,
        )
      : []),
    ...figure('loss on held-out images', 'validation_loss', validation?.loss.total),
    ...figure(`loss, mean of epoch ${metrics.epoch}`, 'loss', loss.total),
  ];
}

function frontMatter({ card, state }: CardRecord): string {
  const { name = 'detector', licence, data, held } = card;
  const results = figuresOf(state.metrics).filter(({ type }) => type !== 'loss');
  const index = [
    'model-index:',
    `- name: ${yaml(name)}`,
    '  results:',
    '  - task:',
    '      type: object-detection',
    '    dataset:',
    `      name: ${yaml(held?.name ?? data.name ?? 'unknown')}`,
    `      type: ${yaml(held?.source ?? data.source ?? 'unknown')}`,
    '    metrics:',
    ...results.flatMap(({ type, value }) => [`    - type: ${type}`, `      value: ${value}`]),
  ];
  return [
    '---',
    'library_name: pyramidion',
    'pipeline_tag: object-detection',
    'tags: [object-detection, tensorflowjs]',
    ...(licence === undefined ? [] : [`license: ${yaml(licence.toLowerCase())}`]),
    ...(data.name === undefined ? [] : [`datasets: [${yaml(data.name)}]`]),
    ...(results.length > 0 ? index : []),
    '---',
    '',
  ].join('\n');
}

const originText = ({ name = 'unknown', source, licence, note }: Partial<Origin>): string =>
  [name, note, source, `licence: ${licence ?? 'unknown'}`].filter((part) => part !== undefined).join('; ');

const images = ({ images: count }: { readonly images: number }) => `${count.toLocaleString('en')} images`;

/** JSON's strings are YAML's. */
const yaml = (text: string) => JSON.stringify(text);
const line = (text: string) => text.replace(/\s+/g, ' ').trim();
/** A cell ends at a bar. */
const cell = (text: string) => line(text).replaceAll('|', '\\|');

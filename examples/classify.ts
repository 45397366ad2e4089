/**
 * Says what a photograph shows, of ImageNet's 1000 classes, by EfficientNet-Lite0:
 *
 *   npx tsx --conditions=pyramidion-source examples/classify.ts PHOTO
 *
 *   --weights FILE     weights on disk; default those of --repo on the Hugging Face hub, kept in the usual cache folder
 *   --repo OWNER/NAME  default timm/tf_efficientnet_lite0.in1k
 *   --variant NAME     whose weights they are; default timmTf of the hub's, tensorflow of a file's
 *   --labels FILE      names of the classes: a JSON object from number to name, or a line for each; default the hub's
 *   --offline          takes what is in the cache and asks no network
 *   --top N            how many classes are shown; default 5
 *   --whole            looks at the whole photograph, squashed, and not at its middle
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { allBytes, classify, efficientNetLite0, fromUrl, huggingFace, loadWeights, variants } from 'pyramidion';
import { useBackend } from 'pyramidion/engine';
import { fromFile, readImage, stopOnInterrupt, weightCache } from 'pyramidion/node';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    weights: { type: 'string' },
    repo: { type: 'string', default: 'timm/tf_efficientnet_lite0.in1k' },
    variant: { type: 'string' },
    labels: { type: 'string' },
    offline: { type: 'boolean', default: false },
    top: { type: 'string', default: '5' },
    whole: { type: 'boolean', default: false },
  },
});
const [photo] = positionals;
if (photo === undefined) throw new RangeError('classify: give the path of a photograph');
const isVariant = (name: string): name is keyof typeof variants => name in variants;
const variant = given.variant ?? (given.weights === undefined ? 'timmTf' : 'tensorflow');
if (!isVariant(variant)) throw new RangeError(`--variant is ${variant}; it may be ${Object.keys(variants).join(', ')}`);

const { signal, dispose } = stopOnInterrupt();
const fetching = { cache: weightCache(), offline: given.offline };

/** What is wrong is said in a sentence: tfjs's wasm would print its own source before an error that nobody caught. */
function failed(error: Error): never {
  console.error(error.message);
  process.exit(1);
}

// Weights: from disk, or from the hub with their licence.
const source =
  given.weights === undefined
    ? huggingFace({
        ...fetching,
        repo: given.repo,
        onLicence: (licence, card) => console.error(`weights: ${card}, licence ${licence?.id ?? 'not named there'}`),
        onProgress: ({ bytes, total = bytes }) => {
          if (process.stderr.isTTY)
            process.stderr.write(`${(bytes / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB\r`);
        },
      })
    : fromFile(given.weights);

// Names of the classes, in the order of the logits.
async function labels(): Promise<string[]> {
  const address = 'https://huggingface.co/datasets/huggingface/label-files/resolve/main/imagenet-1k-id2label.json';
  const bytes = given.labels
    ? await readFile(given.labels)
    : await allBytes(await fromUrl(address, fetching).read({ signal }));
  const text = new TextDecoder().decode(bytes);
  if (!text.trimStart().startsWith('{')) return text.trim().split('\n');
  const names: { readonly [id: string]: string } = JSON.parse(text);
  return Object.keys(names)
    .sort((a, b) => Number(a) - Number(b))
    .map((id) => names[id] ?? id);
}

await useBackend('wasm');
const model = efficientNetLite0({ classes: 1000, variant: variants[variant] });
const { loaded } = await loadWeights(model, source, { signal }).catch(failed);
console.error(`${source.name}: ${loaded.length} weights`);
const names = await labels().catch((error: Error) => {
  console.error(`classes have only their numbers: ${error.message}`);
  return undefined;
});

const found = await classify(model, photo, {
  ...(names ? { labels: names } : {}),
  top: Number(given.top),
  fit: given.whole ? 'squash' : 'crop',
  read: readImage,
}).catch(failed);
for (const { label, index, probability } of found)
  console.log(`${(100 * probability).toFixed(1).padStart(5)} %  ${label ?? `class ${index}`}`);
dispose();

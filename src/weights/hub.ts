import { printable } from '../data/formatError.ts';
import { type HubFile, hubFile, isHubFile, type Licence } from './hubModel.ts';
import { type Fetched, type FetchedSource, obtain } from './source.ts';
import { shown } from './sourceAnswer.ts';
import { download } from './sourceDownload.ts';
import { memoryDraft } from './sourceMemory.ts';
import { checkedAddress, checkOptions, type FetchOptions } from './sourceOptions.ts';

export interface HuggingFaceOptions extends FetchOptions {
  /** `timm/tf_efficientnet_lite0.in1k`. */
  readonly repo: string;
  /** Its path in the model. Default `model.safetensors`. */
  readonly file?: string;
  /** Branch, tag or commit. A whole commit that is in the cache needs no network. Default `main`. */
  readonly revision?: string;
  /** Another hub that answers as Hugging Face does: a mirror. Default `https://huggingface.co`. */
  readonly mirror?: string | URL;
  /** Is told where the weights are from and by which licence, before anything is done with them. */
  readonly onOrigin?: (origin: HubOrigin) => void;
  /** Is told the licence: also that the card names none. */
  readonly onLicence?: (licence: Licence | undefined, card: string) => void;
}

/** Where weights of the hub are from. */
export interface HubOrigin extends Fetched {
  readonly repo: string;
  readonly file: string;
  readonly revision: string;
  readonly commit: string;
  /** Undefined where the model card has none. */
  readonly licence: Licence | undefined;
  /** Address of the model card. */
  readonly card: string;
}

/**
 * Weights of the Hugging Face hub. One question to the hub gives commit, size, hash and licence; the file is then fetched by its
 * commit, so that it cannot change meanwhile, and its hash is compared.
 *
 * A repository that asks for consent needs a `token` of somebody who gave it.
 *
 * @throws RangeError for a name or an option that cannot be, TypeError for a mirror that is no address. Reading throws Error
 * for what is not there or not allowed, FormatError for a file of another hash or size than the hub says
 * @see huggingface.co/docs/hub/api
 */
export function huggingFace(options: HuggingFaceOptions): FetchedSource<HubOrigin> {
  const { repo, file = 'model.safetensors', revision = 'main', mirror = 'https://huggingface.co' } = options;
  checkPath('repo', repo, /^[\w.-]+(\/[\w.-]+)?$/, 'OWNER/NAME');
  checkPath('file', file, /^[^/\\?#]+(\/[^/\\?#]+)*$/, 'its path in the model, such as model.safetensors');
  checkPath('revision', revision, /^[^\s?#]+$/, 'a branch, a tag or a commit');
  checkOptions('huggingFace', options);
  const { origin: site, pathname } = new URL(checkedAddress('huggingFace', mirror));
  const hub = `${site}${pathname}`.replace(/\/+$/, '');
  const card = `${hub}/${repo}`;
  const name = `${repo}@${/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 12) : revision}/${file}`;
  let origin: HubOrigin | undefined;

  return {
    name,
    origin: () => origin,
    read: async ({ signal } = {}) => {
      const asked = { name, hub, repo, file, revision, options, signal };
      const { commit, size, sha256 = options.sha256, licence } = await factsOf(asked);
      if (options.sha256 !== undefined && sha256 !== options.sha256)
        throw new RangeError(`${name}: its sha256 is ${sha256} on the hub, but options.sha256 is ${options.sha256}`);
      const address = `${card}/resolve/${commit}/${file.split('/').map(encodeURIComponent).join('/')}`;
      const explain = explained(card);
      const got = await obtain({ ...options, address, size, explain, signal, ...(sha256 ? { sha256 } : {}) });
      origin = {
        ...{ address, sha256: got.sha256, size: got.size, cached: got.cached },
        ...{ repo, file, revision, commit, licence, card },
      };
      options.onOrigin?.(origin);
      options.onLicence?.(licence, card);
      return got.given;
    },
  };
}

interface Asked {
  readonly name: string;
  readonly hub: string;
  readonly repo: string;
  readonly file: string;
  readonly revision: string;
  readonly options: HuggingFaceOptions;
  readonly signal: AbortSignal | undefined;
}

/** What the hub says of the file, or said when it was asked last. */
async function factsOf({ name, hub, repo, file, revision, options, signal }: Asked): Promise<HubFile> {
  const { cache, offline = false } = options;
  const address = `${hub}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const key = `${address}#${file}`;
  const noted = await cache?.note(key);
  if (isHubFile(noted) && (offline || noted.commit === revision)) return noted;
  if (offline)
    throw new Error(
      `${name}: it is not in the cache in ${cache?.name}, and offline is true; load it once with the network, from ${hub}`,
    );
  const draft = memoryDraft();
  const { onProgress: _, sha256: __, ...transfer } = options; // they are of the weights
  await download({ ...transfer, address, maxBytes: 64 << 20, explain: explained(`${hub}/${repo}`), signal }, draft);
  const bytes = await draft.keep();
  const facts = hubFile(parsed(bytes, shown(address)), file, name);
  await cache?.remember(key, facts);
  return facts;
}

function parsed(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Error(`${name}: the answer is no JSON; is it a Hugging Face hub, or a mirror of one?`, { cause });
  }
}

/** The hub answers 401 for what does not exist, too, so that nobody learns what is private. */
const explained =
  (card: string) =>
  ({ status, headers }: Response): string | undefined => {
    const said = headers.get('x-error-message');
    const told = said === null ? '' : ` (${printable(said).slice(0, 200)})`;
    if (status === 401 || status === 403)
      return `${told}; ${card} does not exist, is private, or asks for consent: look there, and give options.token`;
    if (status === 404) return `${told}; look at ${card} for the repository, its revisions and its files`;
    return undefined;
  };

function checkPath(what: string, value: string, form: RegExp, may: string): void {
  if (typeof value !== 'string' || !form.test(value) || value.split('/').some((part) => part === '..' || part === '.'))
    throw new RangeError(`huggingFace: ${what} is ${JSON.stringify(value)}; it must be ${may}`);
}

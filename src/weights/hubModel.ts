import { FormatError } from '../data/formatError.ts';

/** The licence of weights, as their model card has it. */
export interface Licence {
  /** Its usual short name: `apache-2.0`; `other` where `name` and `link` say more. */
  readonly id: string;
  readonly name?: string;
  readonly link?: string;
}

/** A file of a model on the hub. */
export interface HubFile {
  /** The revision as a commit. */
  readonly commit: string;
  /** Bytes. */
  readonly size?: number;
  /** Of a file in the hub's large storage, as weights are. */
  readonly sha256?: string;
  /** Undefined where the card has none. */
  readonly licence?: Licence;
}

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === 'object' && x !== null;
const text = (x: unknown) => (typeof x === 'string' && x !== '' ? x : undefined);

/**
 * What the hub says of a file, out of `/api/models/REPO/revision/REVISION?blobs=true`.
 *
 * @throws FormatError for what is no such answer; Error for a file that the model has not, naming those that it has
 */
export function hubFile(answer: unknown, file: string, name: string): HubFile {
  const commit = isRecord(answer) ? text(answer.sha) : undefined;
  if (!isRecord(answer) || !commit || !/^[0-9a-f]{40}$/.test(commit) || !Array.isArray(answer.siblings))
    throw new FormatError(
      `${name}: the hub's answer has no commit and files; is it a Hugging Face hub, or a mirror of one?`,
    );
  const siblings: readonly unknown[] = answer.siblings;
  const files = siblings.filter(isRecord);
  const found = files.find(({ rfilename }) => rfilename === file);
  if (found === undefined) {
    const weights = files
      .map(({ rfilename }) => text(rfilename) ?? '')
      .filter((path) => /\.(safetensors|bin|pth|pt|h5)$/.test(path));
    throw new Error(
      `${name}: the model has no file ${file}; ${weights.length === 0 ? 'it has no weights at all' : `its weights are ${weights.slice(0, 8).join(', ')}`}`,
    );
  }
  const large = isRecord(found.lfs) ? found.lfs : {};
  const [size, sha256, licence] = [large.size ?? found.size, large.sha256, licenceOf(answer)];
  return {
    commit,
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
    ...(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}),
    ...(licence ? { licence } : {}),
  };
}

function licenceOf({ cardData, tags }: Readonly<Record<string, unknown>>): Licence | undefined {
  const card = isRecord(cardData) ? cardData : {};
  const listed: unknown = Array.isArray(card.license) ? card.license[0] : card.license;
  const tag = Array.isArray(tags)
    ? tags.find((one) => typeof one === 'string' && one.startsWith('license:'))
    : undefined;
  const id = text(listed) ?? text(typeof tag === 'string' ? tag.slice(8) : undefined);
  if (id === undefined) return undefined;
  const [name, link] = [text(card.license_name), text(card.license_link)];
  return { id, ...(name === undefined ? {} : { name }), ...(link === undefined ? {} : { link }) };
}

/** Whether something that was remembered is about a file of the hub. */
export const isHubFile = (x: unknown): x is HubFile => isRecord(x) && typeof x.commit === 'string';

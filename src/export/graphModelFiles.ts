import type { GraphModelArtifacts } from './toGraphModel.ts';

export interface GraphModelFilesOptions {
  /** Bytes of a file of weights at most. Default 4 MiB, so that browsers load and cache them piece by piece. */
  readonly shardBytes?: number;
}

/**
 * The files of a graph model by name: `model.json` and its weights, `group1-shard1of3.bin` and so on. `model.json` is the
 * last, so that one who writes them in this order has it only when the rest is there.
 *
 * @throws RangeError for a shard that is not a whole number of bytes of at least 1
 */
export function graphModelFiles(
  artifacts: GraphModelArtifacts,
  { shardBytes = 4 * 1024 * 1024 }: GraphModelFilesOptions = {},
): ReadonlyMap<string, Uint8Array> {
  if (!(Number.isInteger(shardBytes) && shardBytes >= 1))
    throw new RangeError(`graphModelFiles: shardBytes is ${shardBytes}; it must be a whole number of at least 1`);
  const { weightData, weightSpecs, ...rest } = artifacts;
  const count = Math.max(1, Math.ceil(weightData.byteLength / shardBytes));
  const files = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    const length = Math.min(shardBytes, weightData.byteLength - i * shardBytes);
    files.set(`group1-shard${i + 1}of${count}.bin`, new Uint8Array(weightData, i * shardBytes, length));
  }
  const weightsManifest = [{ paths: [...files.keys()], weights: weightSpecs }];
  files.set('model.json', new TextEncoder().encode(JSON.stringify({ ...rest, weightsManifest })));
  return files;
}

import { createHash } from 'node:crypto';
import { weightCache } from '../../src/node/weightCache.ts';
import { allBytes, fromUrl } from '../../src/weights/source.ts';

// A process of its own for weightCache.test.ts: fetches through a cache that others use, too, and says what it read.
const [address = '', folder = ''] = process.argv.slice(2);
const bytes = await allBytes(await fromUrl(address, { cache: weightCache({ folder }) }).read());
process.stdout.write(createHash('sha256').update(bytes).digest('hex'));

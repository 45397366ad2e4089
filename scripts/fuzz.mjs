// npm run fuzz -- [count] [reader] [first]: reads `count` damaged files (default 100,000) with each reader, or with one, and
// fails where a promise of the library is broken: another error than FormatError, a box out of order, a path that leads
// out, more than 5 seconds for a file, more than 1 GiB of memory. A failure names its reader and number; the same number
// makes the same file: npm run fuzz -- 1 readCoco 4711.
import { fork } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const { readerCases, promise } = await import('../test/data/formats/cases.ts');
const { mutate } = await import('../test/data/formats/mutate.ts');
const { keyedRandom } = await import('../src/core/random.ts');

const slowest = 5000; // milliseconds

if (process.send === undefined || process.argv[2] !== 'work') await main();
else await work(JSON.parse(process.argv[3]));

async function main() {
  const [count = 100_000, only, first = 0] = process.argv.slice(2).map((word, i) => (i === 1 ? word : Number(word)));
  const names = readerCases.map(({ name }) => name).filter((name) => only === undefined || name === only);
  if (!(Number.isInteger(count) && count > 0 && Number.isInteger(first)) || names.length === 0)
    throw new RangeError(`fuzz: give a count and one of ${readerCases.map(({ name }) => name).join(', ')}`);
  const failures = [];
  const queue = [...names];
  const lane = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const failure = await run(name, count, first);
      if (failure) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(cpus().length - 1, names.length)) }, lane));
  for (const failure of failures) console.error(failure);
  console.log(`${names.length - failures.length} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

/** Runs one reader in a process of its own, which is ended where a file keeps it too long. */
function run(name, count, first) {
  return new Promise((resolve) => {
    const started = performance.now();
    const worker = fork(fileURLToPath(import.meta.url), ['work', JSON.stringify({ name, count, first })], {
      execArgv: [...process.execArgv, '--max-old-space-size=1024'],
    });
    let at = first;
    let beat = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - beat > 4 * slowest) end(`${name}: number ${at} or one of the 500 behind it does not end`);
    }, 1000);
    const end = (failure) => {
      clearInterval(watch);
      worker.kill('SIGKILL');
      resolve(failure);
    };
    worker.on('message', (message) => {
      beat = performance.now();
      if (message.at !== undefined) at = message.at;
      else {
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        if (!message.failure)
          console.log(
            `${name}: ${count} files, ${message.refused} refused, slowest ${message.slow.toFixed(0)} ms, ${seconds} s`,
          );
        end(message.failure);
      }
    });
    worker.on('error', (error) => end(`${name}: after number ${at}: ${error.message}`));
    worker.on('exit', (code) => end(`${name}: after number ${at}: the process ended with ${code}`));
  });
}

async function work({ name, count, first }) {
  const reader = readerCases.find((one) => one.name === name);
  let [refused, slow] = [0, 0];
  for (let i = first; i < first + count; i++) {
    if ((i - first) % 500 === 0) process.send({ at: i });
    const bytes = mutate(reader.seeds, reader.kind, keyedRandom('fuzz', name, i));
    const started = performance.now();
    try {
      if ((await promise(reader, bytes)) === 'refused') refused++;
    } catch (error) {
      process.send({ failure: `${name}: number ${i}: ${error.message}` });
      return;
    }
    const taken = performance.now() - started;
    slow = Math.max(slow, taken);
    if (taken > slowest) {
      process.send({ failure: `${name}: number ${i} took ${taken.toFixed(0)} ms` });
      return;
    }
  }
  process.send({ refused, slow });
}

// Installs the packed tarball in an empty folder, as a stranger would, and runs one gradient and
// our engine as ESM, as CJS, and mixed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'pyramidion-'));
const run = (command, args, cwd = home) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const packed = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], root));
const { filename, unpackedSize } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0];
writeFileSync(join(home, 'package.json'), '{ "private": true }');
run('npm', ['install', '--no-audit', '--no-fund', `./${filename}`]);

const body = `
  await useBackend('wasm');
  const model = detector({ backbone: efficientNetB0(), neck: bifpn({ from: 'P3', to: 'P5', channels: 16, cells: 1 }), head: ssdHead({ levels: ['P3', 'P4', 'P5'], anchors: baselineAnchors(), labels: ['person'] }), inputSize: [64, 64] });
  const optimizer = tf.train.sgd(0.001);
  const variables = asVariables(model);
  const losses = [];
  const image = tf.randomUniform([2, 64, 64, 3], 0, 255, 'float32', 5);
  for (let step = 0; step < 3; step++) {
    const pass = trainingPass();
    const loss = optimizer.minimize(() => { const { boxes, logits } = model(image, pass); return tf.add(tf.mean(tf.square(boxes)), tf.mean(tf.square(logits))); }, true, variables);
    losses.push(loss.dataSync()[0]);
  }
  if (!(losses[2] < losses[0])) throw new Error('the loss does not fall: ' + losses);
  const engine = await wasmEngine();
  const fast = compile(model, { target: engine });
  const [wanted, made] = [model(image), fast(image)];
  const far = tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(wanted.logits, made.logits))), tf.max(tf.abs(wanted.logits))).dataSync()[0]);
  if (!(far < 1e-4)) throw new Error('the engine is ' + far + ' away from plain ops');
  if (!(engine.memory().used > 1e6)) throw new Error('the engine did not run');
  const worker = await workerEngine();
  const there = await compile(model, { target: worker })(image).logits.data();
  if (!made.logits.dataSync().every((x, i) => x === there[i])) throw new Error('the engine in a worker differs');
  // sharp is found beside the package, and the path leads to it without another import
  const photograph = name + '.png';
  await writeFileAtomic(photograph, await encodePng({ width: 96, height: 64, data: new Uint8Array(3 * 96 * 64).fill(99) }));
  const found = await detect(model, photograph, { scoreAbove: 0, keep: 3 });
  if (found.length !== 3) throw new Error('detect finds ' + found.length);
  if (draw(await readImage(photograph), found).data.length !== 3 * 96 * 64) throw new Error('draw');
  console.log(name, tf.getBackend(), losses.map((x) => x.toFixed(4)).join(' '), 'engine', engine.build, engine.threads);
`;
const names =
  'asVariables, baselineAnchors, bifpn, compile, detect, detector, draw, efficientNetB0, ssdHead, trainingPass';
const files = {
  'esm.mjs': `import * as tf from '@tensorflow/tfjs-core'; import { ${names} } from 'pyramidion'; import { useBackend, wasmEngine, workerEngine } from 'pyramidion/engine'; import { encodePng, readImage, writeFileAtomic } from 'pyramidion/node'; const name = 'esm';${body}`,
  'cjs.cjs': `const tf = require('@tensorflow/tfjs-core'); const { ${names} } = require('pyramidion'); const { useBackend, wasmEngine, workerEngine } = require('pyramidion/engine'); const { encodePng, readImage, writeFileAtomic } = require('pyramidion/node'); const name = 'cjs'; (async () => {${body}})().catch((error) => { console.error(error); process.exit(1); });`,
  'mixed.mjs': `import * as tf from '@tensorflow/tfjs-core'; import { createRequire } from 'node:module'; import { asVariables, baselineAnchors, bifpn, compile, detect, detector, draw, ssdHead, trainingPass } from 'pyramidion'; import { useBackend, wasmEngine, workerEngine } from 'pyramidion/engine'; import { encodePng, readImage, writeFileAtomic } from 'pyramidion/node'; const { efficientNetB0 } = createRequire(import.meta.url)('pyramidion'); const name = 'mixed';${body}`,
};
for (const [file, text] of Object.entries(files)) {
  writeFileSync(join(home, file), text);
  process.stdout.write(run('node', [file]));
}
process.stdout.write(`the program: ${run('npx', ['--no', '--', 'pyramidion', '--version'])}`);
console.log(`tarball: ${Math.round(unpackedSize / 1024)} KB unpacked`);
rmSync(home, { recursive: true });

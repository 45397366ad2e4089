import '@tensorflow/tfjs-layers'; // registers tfjs's chained ops
import { graphModelFiles } from '../export/graphModelFiles.ts';
import { toGraphModel } from '../export/toGraphModel.ts';
import { toOnnx } from '../export/toOnnx.ts';
import { writeFileAtomic } from '../node/files.ts';
import { saveModel } from '../node/saveModel.ts';
import { useBackend } from '../tfjs/backend.ts';
import { type Define, examples } from './define.ts';
import { note, say, sayJson, UsageError } from './io.ts';
import { ruleOf } from './looking.ts';
import { modelHelp, namedModel } from './modelNamed.ts';
import { choice, numberWithin, wholeNumber } from './options.ts';
import { counted } from './table.ts';

interface Given {
  readonly model: string;
  readonly weights?: string;
  readonly to: 'onnx' | 'graph-model';
  readonly out: string;
  readonly batch: 'free' | 'fixed';
  readonly layout?: 'NHWC' | 'NCHW';
  readonly detections?: true;
  readonly score?: number;
  readonly iou?: number;
  readonly keep?: number;
  readonly float16?: true;
  readonly json?: true;
}

/** `export`: a model in the form of another runtime. */
export const define: Define = (command, io) =>
  command
    .requiredOption('--model <model>', 'a checkpoint, the folder of a run, or a description')
    .option('--weights <file>', 'weights of a description: .safetensors')
    .requiredOption('--to <form>', 'onnx or graph-model', choice('onnx', 'graph-model'))
    .requiredOption('--out <path>', 'a file of ONNX, or the folder of a graph model')
    .option('--batch <how>', 'free, or fixed to one image', choice('free', 'fixed'), 'free')
    .option('--layout <layout>', 'of images in ONNX: NHWC or NCHW; default NHWC', choice('NHWC', 'NCHW'))
    .option('--detections', 'puts decoding and suppression into the ONNX file')
    .option('--score <score>', 'of --detections: only scores above this', numberWithin(0, 0.999))
    .option('--iou <iou>', 'of --detections: a box that overlaps more is dropped', numberWithin(0, 1))
    .option('--keep <n>', 'of --detections: the most boxes of an image', wholeNumber(1))
    .option('--float16', 'halves the weights of a graph model')
    .option('--json', 'prints what was written as JSON')
    .addHelpText('after', modelHelp)
    .addHelpText(
      'after',
      examples(
        'export --model run --to onnx --out m.onnx --detections',
        'export --model run/last.safetensors --to graph-model --out web',
      ),
    )
    .action(async (given: Given) => {
      checkOptions(given);
      const { model, description, weights: trained } = await namedModel(given.model, given.weights);
      if (trained === undefined) note(io, 'without weights the numbers are the first ones, of no training');
      await useBackend('wasm', { purpose: 'inference' }); // constants are folded by it
      const { batch, out } = given;
      const shape = [1, ...model.inputSize, 3];
      const files: { readonly file: string; readonly bytes: number }[] = [];
      if (given.to === 'onnx') {
        const bytes = toOnnx(model, shape, {
          batch,
          ...(given.layout ? { layout: given.layout } : {}),
          ...(given.detections ? { detections: ruleOf(given) } : {}),
        });
        await writeFileAtomic(out, bytes);
        files.push({ file: out, bytes: bytes.length });
      } else {
        const weights = given.float16 ? 'float16' : 'float32';
        const metadata = description === undefined ? {} : { description };
        const made = graphModelFiles(toGraphModel(model, shape, { batch, weights, metadata }));
        await saveModel(out, made);
        for (const [file, { length }] of made) files.push({ file, bytes: length });
      }
      if (given.json) return sayJson(io, { out, files });
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      say(io, `${out}: ${(bytes / 1e6).toFixed(2)} MB in ${counted(files.length, 'file')}`);
    });

/** @throws UsageError for an option of another form than is written */
function checkOptions({ to, layout, detections, score, iou, keep, float16 }: Given): void {
  if (to === 'onnx' && float16) throw new UsageError('--float16 is of graph models');
  if (to === 'graph-model' && (detections || layout)) throw new UsageError('--detections and --layout are of onnx');
  if (!detections && (score ?? iou ?? keep) !== undefined)
    throw new UsageError('--score, --iou and --keep are of --detections');
}

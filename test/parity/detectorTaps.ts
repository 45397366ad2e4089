import { gather, reshape, slice, type Tensor, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Detecting, Ssd300 } from './zoo.ts';

/** What an EfficientDet answers by effdet's names: stages, levels, and each level's classes and boxes as maps. Run within `tidy`. */
export function efficientDetAnswersOf(model: Detecting, input: Tensor4D): ReadonlyMap<string, Tensor> {
  const stages = model.backbone(input);
  const { boxes, logits } = model(input);
  const answers = new Map<string, Tensor>(Object.entries(stages));
  for (const [level, map] of Object.entries(model.neck(stages))) answers.set(level, map);
  let start = 0;
  for (const { level, height, width } of model.maps) {
    const perCell = model.anchors.length / 4 / cellsOf(model);
    const count = height * width * perCell;
    const map = (rows: Tensor3D) =>
      reshape(slice(rows, [0, start, 0], [1, count, -1]), [1, height, width, perCell * rows.shape[2]]);
    answers.set(`class_${level}`, map(logits));
    answers.set(`box_${level}`, map(boxes));
    start += count;
  }
  return answers;
}
const cellsOf = ({ maps }: Detecting) => maps.reduce((sum, { height, width }) => sum + height * width, 0);

/** What an SSD answers by torchvision's names: maps and the rows of the head, whose boxes are (x, y, w, h) there. Run within `tidy`. */
export function ssdAnswersOf(model: Ssd300, input: Tensor4D): ReadonlyMap<string, Tensor> {
  const { boxes, logits } = model(input);
  const maps = Object.values<Tensor4D>(model.backbone(input)).map((map, i) => [`feature${i}`, map] as const);
  return new Map<string, Tensor>([
    ...maps,
    ['bbox_regression', gather(boxes, [1, 0, 3, 2], 2)],
    ['cls_logits', logits],
  ]);
}

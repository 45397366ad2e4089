/** COCO's categories in the order of their ids, 1 to 90, ten to a line. */
const names = [
  ...['person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat', 'traffic light'],
  ...['fire hydrant', 'street sign', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse', 'sheep'],
  ...['cow', 'elephant', 'bear', 'zebra', 'giraffe', 'hat', 'backpack', 'umbrella', 'shoe', 'eye glasses'],
  ...[
    'handbag',
    'tie',
    'suitcase',
    'frisbee',
    'skis',
    'snowboard',
    'sports ball',
    'kite',
    'baseball bat',
    'baseball glove',
  ],
  ...['skateboard', 'surfboard', 'tennis racket', 'bottle', 'plate', 'wine glass', 'cup', 'fork', 'knife', 'spoon'],
  ...['bowl', 'banana', 'apple', 'sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut'],
  ...['cake', 'chair', 'couch', 'potted plant', 'bed', 'mirror', 'dining table', 'window', 'desk', 'toilet'],
  ...['door', 'tv', 'laptop', 'mouse', 'remote', 'keyboard', 'cell phone', 'microwave', 'oven', 'toaster'],
  ...['sink', 'refrigerator', 'blender', 'book', 'clock', 'vase', 'scissors', 'teddy bear', 'hair drier', 'toothbrush'],
] as const;

/** Names that have an id but no object in COCO's detection data. */
const unmarked: readonly string[] = [
  ...['street sign', 'hat', 'shoe', 'eye glasses', 'plate', 'mirror', 'window', 'desk', 'door', 'blender'],
];

/**
 * Names of COCO's category ids 1 to 90, as torchvision's and EfficientDet's weights count them: ten of them nobody marked.
 *
 * @see Lin et al., Microsoft COCO, 2014, appendix II
 */
export const cocoLabels90: readonly string[] = names;

/** The 80 categories of COCO's detection data, as mmdetection's weights count them. */
export const cocoLabels80: readonly string[] = /* @__PURE__ */ names.filter((name) => !unmarked.includes(name));

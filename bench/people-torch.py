"""The work of finetune-step.ts and detect.ts in PyTorch with effdet, one thread: each line on stdin is answered by a line of JSON.

`step` trains on the next four photographs of DATA, from their files on; `detect FILE` finds people in a photograph."""

import json
import math
import os
import re
import sys
import time
import warnings

warnings.filterwarnings('ignore')

import numpy as np
import torch
import torch.nn.functional as F
from effdet import DetBenchTrain, EfficientDet, get_efficientdet_config
from effdet.anchors import decode_box_outputs
from effdet.bench import _post_process
from PIL import Image
from safetensors.torch import load_file
from torchvision.ops import nms

torch.set_num_threads(1)
torch.manual_seed(0)
data, weights = sys.argv[1:3]
side, batch = 320, 4
random = np.random.default_rng(0)

config = get_efficientdet_config('tf_efficientdet_lite0')
config.num_classes, config.image_size, config.aspect_ratios = 1, (side, side), [(0.64, 1.56)]
config.norm_kwargs = {'eps': 1e-3, 'momentum': 0.1}
model = EfficientDet(config, pretrained_backbone=False)
model.load_state_dict(load_file(weights), strict=False)  # all but counters of batches
model = model.to(memory_format=torch.channels_last)
bench = DetBenchTrain(model)


def read(file):
    """[3, h, w], 0-255."""
    return torch.tensor(np.asarray(Image.open(file).convert('RGB'))).permute(2, 0, 1)


def place(image, scale, left, top, flip=False):
    """Scaled, at a place of the input, grey around it."""
    height, width = (max(1, round(n * scale)) for n in image.shape[1:])
    sized = F.interpolate(image[None].float(), (height, width), mode='bilinear', align_corners=False)[0]
    canvas = torch.full((3, side, side), 127.0)
    x1, y1, x2, y2 = max(left, 0), max(top, 0), min(left + width, side), min(top + height, side)
    canvas[:, y1:y2, x1:x2] = sized[:, y1 - top : y2 - top, x1 - left : x2 - left]
    return (canvas.flip(2) if flip else canvas), width, height


def augmented(name):
    image = read(f'{data}/PNGImages/{name}.png')
    text = open(f'{data}/Annotation/{name}.txt', encoding='latin-1').read()
    corners = re.findall(r'Bounding box for object.*?\((\d+), (\d+)\) - \((\d+), (\d+)\)', text)
    boxes = np.array(corners, np.float32).reshape(-1, 4) - np.float32([1, 1, 0, 0])
    _, h, w = image.shape
    scale = side / max(h, w) * math.exp(random.uniform(math.log(0.6), math.log(1.6)))

    def spot(n):
        n = max(1, round(n * scale))
        return int(random.integers(min(0, side - n), max(0, side - n) + 1))

    left, top, flip = spot(w), spot(h), random.random() < 0.5
    canvas, width, height = place(image, scale, left, top, flip)
    boxes = boxes * np.float32([width / w, height / h] * 2) + np.float32([left, top] * 2)
    if flip:
        boxes = np.stack([side - boxes[:, 2], boxes[:, 1], side - boxes[:, 0], boxes[:, 3]], 1)
    canvas = (canvas - 127) * random.uniform(0.8, 1.2) + random.uniform(-25, 25)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    seen = boxes.clip(0, side)
    sides = seen[:, 2:] - seen[:, :2]
    return canvas / 128, seen[(sides.prod(1) >= 0.3 * area) & (sides.min(1) >= 4)]


for frozen in (model.backbone.conv_stem, model.backbone.bn1, model.backbone.blocks[:2]):
    for weight in frozen.parameters():
        weight.requires_grad_(False)
own = [(name.startswith('backbone'), weight) for name, weight in model.named_parameters() if weight.requires_grad]
optimizer = torch.optim.AdamW(
    [
        {
            'params': [weight for inside, weight in own if inside == backbone and (weight.ndim > 1) == decayed],
            'weight_decay': 1e-4 if decayed else 0.0,
            'lr': 1e-4 * (0.333 if backbone else 1),
        }
        for backbone in (False, True)
        for decayed in (False, True)
    ]
)
names = sorted(name[:-4] for name in os.listdir(f'{data}/Annotation') if name.endswith('.txt'))
names = [name for i, name in enumerate(names) if i % 17 not in (1, 4, 8, 11, 15)]
turn = 0


def step():
    global turn
    start = time.perf_counter()
    bench.train()
    for module in model.backbone.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    chosen = [augmented(names[(turn + i) % len(names)]) for i in range(batch)]
    turn += batch
    images = torch.stack([image for image, _ in chosen]).contiguous(memory_format=torch.channels_last)
    none = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    targets = {
        'bbox': [torch.tensor(boxes[:, [1, 0, 3, 2]]) if len(boxes) else none for _, boxes in chosen],
        'cls': [torch.ones(len(boxes)) if len(boxes) else torch.tensor([-1.0]) for _, boxes in chosen],
    }
    loss = bench(images, targets)['loss']
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
    optimizer.step()
    value = loss.item()
    return {'milliseconds': 1000 * (time.perf_counter() - start), 'loss': value}


@torch.no_grad()
def detect(file):
    start = time.perf_counter()
    bench.eval()
    image = read(file)
    _, h, w = image.shape
    canvas, width, height = place(image, side / max(h, w), 0, 0)
    read_at = time.perf_counter()
    pixels = ((canvas - 127) / 128)[None].contiguous(memory_format=torch.channels_last)
    logits, codes = model(pixels)
    run_at = time.perf_counter()
    logits, codes, places, _ = _post_process(logits, codes, 5, 1, 1000)
    boxes = decode_box_outputs(codes[0].float(), bench.anchors.boxes[places[0]], output_xyxy=True)
    boxes[:, 0::2] = boxes[:, 0::2].clamp(0, width) * (w / width)
    boxes[:, 1::2] = boxes[:, 1::2].clamp(0, height) * (h / height)
    scores = logits[0, :, 0].sigmoid()
    counted = scores > 0.01
    boxes, scores = boxes[counted], scores[counted]
    kept = nms(boxes, scores, 0.5)[:100]
    found = torch.cat([boxes[kept], scores[kept, None]], 1).tolist()
    end = time.perf_counter()
    parts = {'read': read_at - start, 'network': run_at - read_at, 'boxes': end - run_at}
    return {'milliseconds': 1000 * (end - start), 'parts': {k: 1000 * v for k, v in parts.items()}, 'found': found}


for line in sys.stdin:
    what, _, file = line.strip().partition(' ')
    made = step() if what == 'step' else detect(file)
    print(json.dumps({**made, 'torch': torch.__version__}), flush=True)

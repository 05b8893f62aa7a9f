"""Prints the JPEG files of src/images/jpeg-warm-up.ts in base64. python3 make_warm_up.py, with Pillow 13.0 from PyPI."""
import base64
import io
import random

from PIL import Image

WIDTH, HEIGHT = 21, 19


def picture(seed):
    """Noise, columns, rows and one colour: blocks with all coefficients, with those of one axis only and with none."""
    generator = random.Random(seed)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if x < 8 and y < 8:
                color = tuple(generator.randrange(256) for _ in range(3))
            elif y < 8:
                color = (128 + x * 6 % 128, x * 12, 90)
            elif x < 8:
                color = (y * 13, 200 - y * 9, 40)
            else:
                color = (60, 170, 220)
            image.putpixel((x, y), color)
    return image


def encode(**options):
    """The first picture whose scans hold two stuffed bytes at least."""
    for seed in range(10000):
        file = io.BytesIO()
        picture(seed).save(file, "JPEG", quality=70, **options)
        bytes_ = file.getvalue()
        if bytes_[bytes_.index(b"\xff\xda"):].count(b"\xff\x00") >= 2:
            return base64.b64encode(bytes_).decode()


exif = Image.Exif()
exif[0x0112] = 1
print(encode(subsampling="4:2:0", optimize=True, comment="a"))
print(encode(subsampling="4:4:4", optimize=True, restart_marker_blocks=3))
print(encode(subsampling="4:2:0", progressive=True, exif=exif))

"""Makes the JPEG files of this folder and, beside each, what libjpeg-turbo decodes it to (uint8, H x W x 3).

python3 make.py, with Pillow 13.0 and NumPy 2.4 from PyPI."""
import numpy as np
from PIL import Image

HEIGHT, WIDTH = 29, 37
y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
rgb = np.stack([127 + 120 * np.sin(x / 4 + y / 9), 127 + 120 * np.cos(y / 5 - x / 11), 255.0 * ((x // 6 + y // 6) % 2)], axis=-1)
image = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))

cases = {
    "444": dict(subsampling="4:4:4"),
    "422": dict(subsampling="4:2:2"),
    "420": dict(subsampling="4:2:0"),
    "420-progressive": dict(subsampling="4:2:0", progressive=True),
    "420-restart": dict(subsampling="4:2:0", restart_marker_blocks=2),
    "420-progressive-restart": dict(subsampling="4:2:0", progressive=True, restart_marker_blocks=3),
    "444-progressive-restart": dict(subsampling="4:4:4", progressive=True, restart_marker_blocks=3),
    "rgb": dict(keep_rgb=True),
}
for name, options in cases.items():
    image.save(f"{name}.jpg", quality=90, **options)
image.convert("L").save("gray-restart.jpg", quality=90, restart_marker_blocks=4)
image.convert("L").save("gray-progressive.jpg", quality=90, progressive=True)
image.convert("CMYK").save("cmyk.jpg", quality=90)
for name in [*cases, "gray-restart", "gray-progressive", "cmyk"]:
    np.save(f"{name}.npy", np.array(Image.open(f"{name}.jpg").convert("RGB")))

# What jpeg-js loses its way in: 3 rows of blocks where the MCUs have 4, and intervals that do not divide the 15 blocks.
image.crop((0, 0, WIDTH, 24)).save("refused/420-progressive-restart.jpg", quality=90, subsampling="4:2:0", progressive=True, restart_marker_blocks=2)

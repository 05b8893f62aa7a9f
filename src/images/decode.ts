import { type ContentKind, contentKind, refuseContent } from './content-kind.js';
import type { Image } from './image.js';
import { decodeJpeg } from './jpeg.js';
import { decodePng } from './png.js';

/**
 * Decodes a PNG or JPEG image, whichever its content is. EXIF orientation, gamma and colour profiles are ignored, alpha
 * is dropped. `where` names the file. `kind`: the content's kind where it is known. Throws `format` for other kinds of
 * file and for broken ones.
 */
export async function decodeImage(
  bytes: Uint8Array,
  where: string,
  kind: ContentKind = contentKind(bytes),
): Promise<Image> {
  if (kind === 'png') return decodePng(bytes, where);
  if (kind === 'jpeg') return decodeJpeg(bytes, where);
  return refuseContent(kind, 'a PNG or JPEG image', where);
}

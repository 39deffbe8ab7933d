// A photo made small enough for a field network: the long side within 1920, the file within 400 KB.

export const MOST_BYTES = 400 * 1024
const SIDES = [1920, 1600, 1280, 1024]

/** Width and height that fit within `side`, never larger than before. */
export function within(width: number, height: number, side: number): [number, number] {
  const factor = Math.min(1, side / Math.max(width, height))
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))]
}
const encoded = (canvas: HTMLCanvasElement, quality: number) => new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))

/** What cannot be read as a picture is sent as it is: the platform says whether it takes it. */
export async function shrink(file: File): Promise<{ blob: Blob; name: string }> {
  if (!/^image\/(jpeg|png|webp|heic|heif|bmp)$/.test(file.type) || (file.size <= MOST_BYTES && file.type === 'image/jpeg')) return { blob: file, name: file.name }
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null)
  if (!picture) return { blob: file, name: file.name }
  const canvas = document.createElement('canvas')
  let best: Blob | null = null
  for (const side of SIDES) {
    ;[canvas.width, canvas.height] = within(picture.width, picture.height, side)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    for (const quality of [0.85, 0.7, 0.55]) {
      best = await encoded(canvas, quality)
      if (best && best.size <= MOST_BYTES) break
    }
    if (best && best.size <= MOST_BYTES) break
  }
  picture.close()
  return best && best.size < file.size ? { blob: best, name: file.name.replace(/\.[^.]*$/, '') + '.jpg' } : { blob: file, name: file.name }
}

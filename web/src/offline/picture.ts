// A photo as it is sent: at most 400 KB, with the time and the place written into it, and without the camera's own data.

export const MOST_BYTES = 400 * 1024
const SIDES = [1600, 1280, 1024, 800]
const QUALITIES = [0.82, 0.7, 0.58]

/** The same shape, its longer side at most `most`. */
export function fit(width: number, height: number, most: number): [number, number] {
  const scale = Math.min(1, most / Math.max(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

/** Throws where the file is no picture this browser can read. */
export async function prepare(file: Blob, lines: string[]): Promise<Blob> {
  const picture = await read(file)
  let smallest: Blob | undefined
  for (const side of SIDES) {
    const canvas = draw(picture, side, lines)
    for (const quality of QUALITIES) {
      const blob = await encode(canvas, quality)
      if (blob.size <= MOST_BYTES) return blob
      if (!smallest || blob.size < smallest.size) smallest = blob
    }
  }
  return smallest!
}

async function read(file: Blob): Promise<ImageBitmap | HTMLImageElement> {
  // Browsers before Chromium 81 know no orientation here; the ones we build for all do.
  if ('createImageBitmap' in window) return createImageBitmap(file)
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    return image
  } finally {
    URL.revokeObjectURL(url)
  }
}

function draw(picture: ImageBitmap | HTMLImageElement, side: number, lines: string[]): HTMLCanvasElement {
  const [width, height] = fit(picture.width, picture.height, side)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const pen = canvas.getContext('2d')!
  pen.drawImage(picture, 0, 0, width, height)
  const size = Math.max(12, Math.round(Math.min(width, height) / 32))
  const bar = size * 1.5 * lines.length + size * 0.6
  pen.fillStyle = 'rgb(8 17 30 / 60%)'
  pen.fillRect(0, height - bar, width, bar)
  pen.fillStyle = '#fff'
  pen.font = `500 ${size}px ${getComputedStyle(document.documentElement).getPropertyValue('--font') || 'sans-serif'}`
  pen.textBaseline = 'middle'
  lines.forEach((line, i) => pen.fillText(line, size * 0.7, height - bar + size * 0.3 + size * 1.5 * (i + 0.5), width - size * 1.4))
  return canvas
}

const encode = (canvas: HTMLCanvasElement, quality: number): Promise<Blob> =>
  new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/jpeg', quality))

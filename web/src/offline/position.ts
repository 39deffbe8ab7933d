// Where the phone is. The person is asked by the browser, may refuse, and can always type the place instead.

export interface Position {
  lon: number
  lat: number
  accuracy?: number
}
export type NoPosition = 'denied' | 'unavailable' | 'timeout' | 'unsupported'

export function locate(): Promise<Position> {
  return new Promise((done, failed) => {
    if (!('geolocation' in navigator)) return failed('unsupported' satisfies NoPosition)
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lon: round(coords.longitude), lat: round(coords.latitude), accuracy: Math.round(coords.accuracy) }),
      (error) => failed((error.code === error.PERMISSION_DENIED ? 'denied' : error.code === error.TIMEOUT ? 'timeout' : 'unavailable') satisfies NoPosition),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
    )
  })
}
const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6

// The service worker belongs to the phone pages: a desk always shows what the platform serves now.
export function registerWorker(): void {
  if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js', { scope: '/m' }).catch(() => undefined)
}

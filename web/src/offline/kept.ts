// The last answers a page needs to open without a network, one set a phone; they go when the person logs out.
const PREFIX = 'anlan.phone.kept.'

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // A full phone: the page will need the network.
  }
}
export function kept<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(PREFIX + name)
    return text ? (JSON.parse(text) as T) : undefined
  } catch {
    return undefined
  }
}
export function forgetKept(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
}
/** Asks the platform and keeps the answer; without a network, gives what was kept. */
export async function fresh<T>(name: string, ask: () => Promise<T>): Promise<T> {
  try {
    const answer = await ask()
    keep(name, answer)
    return answer
  } catch (error) {
    const before = (error as { offline?: boolean }).offline ? kept<T>(name) : undefined
    if (before === undefined) throw error
    return before
  }
}

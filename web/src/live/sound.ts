// The sound of unacknowledged alarms: a pattern for each level, repeated until somebody acknowledges, never silent for more than ten minutes.

import type { Mark } from './types'

export const MAX_MUTE_MS = 10 * 60_000
const KEY = 'anlan.alarm.mute_until'

export interface Beep {
  at: number
  hz: number
  seconds: number
}
export interface Pattern {
  beeps: readonly Beep[]
  /** Until the pattern begins again. */
  every: number
}

const PATTERNS: Record<'red' | 'orange' | 'other', Pattern> = {
  red: {
    beeps: [0, 0.18, 0.36, 0.72, 0.9].map((at, i) => ({ at, hz: i % 2 === 0 ? 880 : 740, seconds: 0.14 })),
    every: 1.6,
  },
  orange: { beeps: [0, 0.26].map((at) => ({ at, hz: 660, seconds: 0.18 })), every: 3 },
  other: { beeps: [{ at: 0, hz: 520, seconds: 0.22 }], every: 8 },
}

export const pattern = (worst: Mark): Pattern => (worst === 'red' || worst === 'orange' ? PATTERNS[worst] : PATTERNS.other)

/** When a mute asked for now may end: at most ten minutes away. */
export const muteUntil = (now: number, ms: number): number => now + Math.min(Math.max(ms, 0), MAX_MUTE_MS)

export class AlarmSound {
  private context: AudioContext | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private worst: Mark | null = null

  /** The worst unacknowledged level, or null for silence. */
  sound(worst: Mark | null) {
    if (worst === this.worst) return
    this.worst = worst
    clearTimeout(this.timer)
    if (worst) this.play()
  }

  /** Browsers let a page sound only after somebody touched it. */
  async wake(): Promise<boolean> {
    this.context ??= new AudioContext()
    if (this.context.state === 'suspended') await this.context.resume().catch(() => undefined)
    return this.context.state === 'running'
  }

  stop() {
    clearTimeout(this.timer)
    this.worst = null
    void this.context?.close()
    this.context = null
  }

  private play() {
    if (!this.worst) return
    const { beeps, every } = pattern(this.worst)
    const context = this.context
    if (context?.state === 'running' && Date.now() >= this.mutedUntil) {
      for (const beep of beeps) {
        const tone = context.createOscillator()
        const gain = context.createGain()
        const start = context.currentTime + beep.at
        tone.type = 'triangle'
        tone.frequency.value = beep.hz
        gain.gain.setValueAtTime(0, start)
        gain.gain.linearRampToValueAtTime(0.28, start + 0.015)
        gain.gain.setValueAtTime(0.28, start + beep.seconds - 0.03)
        gain.gain.linearRampToValueAtTime(0, start + beep.seconds)
        tone.connect(gain).connect(context.destination)
        tone.start(start)
        tone.stop(start + beep.seconds)
      }
    }
    this.timer = setTimeout(() => this.play(), every * 1000)
  }

  get mutedUntil(): number {
    const until = Number(localStorage.getItem(KEY) ?? 0)
    // A workstation whose clock was set back must not stay silent for long.
    return until - Date.now() > MAX_MUTE_MS ? 0 : until
  }

  mute(ms: number) {
    localStorage.setItem(KEY, String(muteUntil(Date.now(), ms)))
  }

  unmute() {
    localStorage.removeItem(KEY)
  }
}

// The colours of the map, by theme: canvas cannot read style sheets, so these repeat the map part of the design tokens.

import type { Mark } from '../live/types'

export type Theme = 'light' | 'dark'

export const RISK: Record<Mark, string> = { red: '#E0312D', orange: '#F27A1A', yellow: '#F4C430', blue: '#2F7DE1' }

export interface Palette {
  land: string
  outside: string
  mask: string
  water: string
  shore: string
  park: string
  built: string
  green: string
  motorway: string
  primary: string
  secondary: string
  local: string
  casing: string | null
  rail: string
  boundary: string
  glow: string
  border: string
  text: string
  quiet: string
  halo: string
  tank: string
  tankLine: string
  building: string
  pier: string
  ship: string
  bund: string
  marker: string
  markerLine: string
  ring: string
}

const light: Palette = {
  land: '#F6F6F3',
  outside: '#ECEEEF',
  mask: 'rgba(236,238,239,.62)',
  water: '#BFDCEF',
  shore: '#9CC4DF',
  park: '#E9ECE6',
  built: '#ECEAE6',
  green: '#DCEBD6',
  motorway: '#E2A04A',
  primary: '#FFFFFF',
  secondary: '#FFFFFF',
  local: '#FFFFFF',
  casing: '#CFD5DB',
  rail: '#A9B2BD',
  boundary: '#1A56B0',
  glow: 'rgba(26,86,176,.16)',
  border: '#C2CAD3',
  text: '#1B2533',
  quiet: '#5F6C7F',
  halo: 'rgba(255,255,255,.92)',
  tank: '#FFFFFF',
  tankLine: '#8A9BB0',
  building: 'rgba(196,207,220,.75)',
  pier: '#AEB6C0',
  ship: '#7C8FA8',
  bund: 'rgba(120,136,156,.18)',
  marker: '#FFFFFF',
  markerLine: '#33496A',
  ring: '#BF1D1D',
}

const dark: Palette = {
  land: '#111E30',
  outside: '#0A1422',
  mask: 'rgba(8,17,30,.58)',
  water: '#0D335A',
  shore: '#1E4C7C',
  park: '#13293A',
  built: '#16243A',
  green: '#12302B',
  motorway: '#8A6A35',
  primary: '#3A4E6B',
  secondary: '#2B3C55',
  local: '#223149',
  casing: null,
  rail: '#33496A',
  boundary: '#5FA0F5',
  glow: 'rgba(76,147,240,.22)',
  border: '#2C4263',
  text: '#EAF1FA',
  quiet: '#8A9DB6',
  halo: 'rgba(8,17,30,.88)',
  tank: 'rgba(92,120,160,.55)',
  tankLine: '#6F8FBC',
  building: 'rgba(62,92,136,.55)',
  pier: '#3A4E6B',
  ship: '#7089AD',
  bund: 'rgba(120,150,190,.10)',
  marker: '#15243A',
  markerLine: '#B4C3D6',
  ring: '#FF7B72',
}

export const palette = (theme: Theme): Palette => (theme === 'dark' ? dark : light)

/** `#RRGGBB` with an opacity, for fills that must let the points below show through. */
export function fade(colour: string, opacity: number): string {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return `rgba(${r},${g},${b},${opacity})`
}

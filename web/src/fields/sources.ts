// Where the choices of picking fields come from.
import { api } from '../api/client'
import type { Words } from '../api/types'
import type { Found } from './RemotePick.vue'

const SIZE = 20

/** Records of one or several kinds; in a form of an enterprise, its own. */
export async function findRecords(kinds: string[], q: string, enterprise?: string): Promise<Found[]> {
  const pages = await Promise.all(kinds.map((kind) => api.records(kind, { q, size: SIZE, enterprise })))
  return pages.flatMap((page) => page.items.map((record) => ({ id: record.id, name: record.title, note: record.number ?? undefined })))
}
export async function findPeople(q: string, enterprise?: string): Promise<Found[]> {
  const page = await api.users({ q, enterprise, size: SIZE })
  return page.items.map((person) => ({ id: person.id, name: person.name, note: person.title ?? undefined }))
}
export async function findOrganisations(q: string, label: (words: Words) => string): Promise<Found[]> {
  const page = await api.organisations(q)
  return page.items.slice(0, 50).map((one) => ({ id: one.id, name: label(one.name) }))
}
export async function findPoints(q: string, enterprise?: string): Promise<Found[]> {
  const page = await api.points({ q, enterprise, size: SIZE })
  return page.items.map((point) => ({ id: point.id, name: point.name, note: point.id }))
}

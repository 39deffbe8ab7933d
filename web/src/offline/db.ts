// What the phone itself keeps: pictures of drafts. Texts are in localStorage, which a killed tab cannot lose half-written.
import Dexie, { type Table } from 'dexie'

export interface KeptPhoto {
  id: string
  /** The draft it belongs to. */
  draft: string
  name: string
  blob: Blob
  /** Where the platform has it; it forgets unused files after a day. */
  attachment?: string
  uploadedAt?: number
}

class Database extends Dexie {
  photos!: Table<KeptPhoto, string>
  constructor() {
    super('anlan-phone')
    this.version(1).stores({ photos: 'id, draft' })
  }
}
export const db = new Database()

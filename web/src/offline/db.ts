// What the phone itself keeps: pictures of drafts. Texts are in localStorage, which a killed tab cannot lose half-written.

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

const TABLE = 'photos'
let opened: Promise<IDBDatabase> | undefined

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => failed(request.error)
  })

function open(): Promise<IDBDatabase> {
  opened ??= (() => {
    const request = indexedDB.open('anlan-phone', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: 'id' }).createIndex('draft', 'draft')
    return answer(request)
  })()
  // A refusal (a private window, a full disk) may be over the next time.
  opened.catch(() => (opened = undefined))
  return opened
}
const table = async (mode: IDBTransactionMode): Promise<IDBObjectStore> => (await open()).transaction(TABLE, mode).objectStore(TABLE)

export const photos = {
  put: async (photo: KeptPhoto): Promise<unknown> => answer((await table('readwrite')).put(photo)),
  drop: async (id: string): Promise<unknown> => answer((await table('readwrite')).delete(id)),
  /** In the order in which they were taken: ids begin with the time. */
  of: async (draft: string): Promise<KeptPhoto[]> => answer<KeptPhoto[]>((await table('readonly')).index('draft').getAll(draft)),
}

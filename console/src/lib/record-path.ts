const folders = new Map([
  ["lead", "/leads"],
  ["customer", "/customers"],
  ["task", "/tasks"],
  ["user", "/users"],
]);

/** Says beneath which address the pages of a kind of record are. */
export function addRecordFolder(type: string, folder: string): void {
  folders.set(type, folder);
}

/** Where the page of a record is; `null` for kinds that have none. */
export function recordPath(type: string, id: string): string | null {
  const folder = folders.get(type.toLowerCase());
  return folder ? `${folder}/${id}` : null;
}

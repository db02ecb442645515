/** One step of the schema: what it brings the database to, and how. */
export type Migration = { readonly version: number; readonly sql: string };

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { openDatabase } from './database.ts';
import * as schema from './schema.ts';

const MIGRATIONS = 'drizzle';
const journalFile = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-database-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

function readJournal(folder: string) {
  return journalFile.parse(JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')));
}

/** The migrations as a version had them whose newest was `tag`. */
function migrationsUpTo(tag: string): string {
  const folder = join(temporary(), 'drizzle');
  cpSync(MIGRATIONS, folder, { recursive: true });
  const journal = readJournal(folder);
  const last = journal.entries.findIndex((entry) => entry.tag === tag);
  const entries = journal.entries.slice(0, last + 1);
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }));
  return folder;
}

function read(file: string, query: string): unknown[] {
  const sqlite = new Database(file, { readonly: true });
  try {
    return sqlite.prepare(query).all();
  } finally {
    sqlite.close();
  }
}

const TABLES: readonly SQLiteTable[] = Object.values(schema);
/** What drizzle keeps about itself, and SQLite. */
const tablesIn = (file: string) =>
  read(
    file,
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY name`,
  );

describe('from nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-database-'));
  const file = join(folder, 'new/slipway.db');
  openDatabase(file, MIGRATIONS).close();
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes the file, in a folder that only we may read', () => {
    expect(existsSync(file)).toBe(true);
    expect(statSync(join(file, '..')).mode & 0o077).toBe(0);
  });

  it('leaves nothing beside the file when it is closed', () => {
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('makes exactly the tables of the schema', () => {
    const names = TABLES.map((table) => ({ name: getTableConfig(table).name }));
    expect(tablesIn(file)).toEqual(names.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  });

  it.each(TABLES.map((table) => [getTableConfig(table).name, table] as const))(
    'makes %s as the schema says',
    (name, table) => {
      const { columns, indexes, primaryKeys } = getTableConfig(table);
      const together = primaryKeys.flatMap((key) => key.columns.map((each) => each.name));
      const snake = (text: string) => text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const wanted = columns.map((each) => ({
        name: snake(each.name),
        type: each.getSQLType().toUpperCase(),
        notnull: each.notNull ? 1 : 0,
        // SQLite says the place in the key, from 1
        pk: each.primary ? 1 : together.indexOf(each.name) + 1,
      }));
      expect(
        read(file, `SELECT name, upper(type) AS type, "notnull", pk FROM pragma_table_info('${name}')`),
      ).toEqual(wanted);
      const made = z
        .array(z.object({ name: z.string() }))
        .parse(read(file, `SELECT name FROM pragma_index_list('${name}')`));
      for (const index of indexes) expect(made.map((each) => each.name)).toContain(index.config.name);
    },
  );

  it('does nothing to a database that is up to date', () => {
    const before = read(file, 'SELECT * FROM __drizzle_migrations');
    openDatabase(file, MIGRATIONS).close();
    expect(read(file, 'SELECT * FROM __drizzle_migrations')).toEqual(before);
  });
});

it('may be closed twice', () => {
  const database = openDatabase(':memory:', MIGRATIONS);
  database.close();
  expect(() => database.close()).not.toThrow();
});

/**
 * Each released version wrote rows of its own kind: testing/<tag>.sql holds some in every table. Every later version must take them over. A
 * new migration gets such a file in the release that brings it.
 */
describe.each(readJournal(MIGRATIONS).entries.map((entry) => entry.tag))('from %s', (tag) => {
  const rowsFile = join(import.meta.dirname, `testing/${tag}.sql`);

  it('has example rows', () => {
    expect(existsSync(rowsFile)).toBe(true);
  });

  it('keeps every row, and every reference holds', () => {
    const file = join(temporary(), 'slipway.db');
    openDatabase(file, migrationsUpTo(tag)).close();
    const written = new Database(file);
    written.exec(readFileSync(rowsFile, 'utf8'));
    written.close();
    const tables = z
      .array(z.object({ name: z.string() }))
      .parse(tablesIn(file))
      .map((each) => each.name);
    const counts = () =>
      tables.map((name) => ({
        name,
        ...z.object({ rows: z.number() }).parse(read(file, `SELECT count(*) AS rows FROM ${name}`)[0]),
      }));
    const before = counts();
    expect(before.filter((each) => each.rows === 0)).toEqual([]);

    const database = openDatabase(file, MIGRATIONS);
    const old = new Set(tables);
    for (const table of TABLES.filter((each) => old.has(getTableConfig(each).name)))
      expect(database.db.select().from(table).all().length, getTableConfig(table).name).toBeGreaterThan(0);
    database.close();
    expect(counts()).toEqual(before);
    expect(read(file, 'PRAGMA foreign_key_check')).toEqual([]);
    expect(read(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });
});

import { onTestFinished } from 'vitest';
import { openDatabase, type OpenDatabase } from '../storage/database.ts';
import { SettingsRepository } from '../storage/settings.ts';
import { aHostRow } from './rows.ts';

/** A database in memory with the real migrations and one host. Closed when the test ends. */
export function aDatabase(): OpenDatabase {
  const database = openDatabase(':memory:', 'drizzle');
  onTestFinished(() => {
    database.close();
  });
  new SettingsRepository(database.db).insertHost(aHostRow());
  return database;
}

import { migrate } from '../../prisma/migrate.ts';
import type { Settings } from '../../runtime/settings.ts';

/** Brings the database of `DATABASE_URL` up to date, and says which migrations were applied. */
export async function migrateDatabase(settings: Settings): Promise<void> {
  if (!settings.databaseUrl)
    throw new Error('migrate needs DATABASE_URL; the embedded database is migrated at each start');
  const applied = await migrate(settings.databaseUrl);
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply');
}

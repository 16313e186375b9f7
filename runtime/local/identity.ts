import { spawnSync } from 'node:child_process';
import { chown, lchown, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** As whom a program runs that refuses to run as root. */
export interface Identity {
  /** Words put before the command. */
  prefix: readonly string[];
  /** User and group to switch to when starting the command. */
  user?: { uid: number; gid: number };
  /** Who must own the files it works on; absent means they stay as they are. */
  owner?: { uid: number; gid: number };
}

interface Account {
  uid: number;
  gid: number;
}

/**
 * Chooses as whom `executable` can run on files in `directory`. An ordinary user stays what it is. For root the ways
 * are tried in the order of least privilege: an unprivileged account as such; root's own files seen as that account's
 * through a user namespace, which also works below a directory that only root may enter; the account with the single
 * capability to pass by file permissions, for containers that forbid namespaces.
 * @throws when this process is root and none of the ways works.
 */
export async function chooseIdentity(directory: string, executable: string): Promise<Identity> {
  if (process.geteuid?.() !== 0) return { prefix: [] };
  const account = ['postgres', 'nobody'].map(findAccount).find((found) => found !== undefined);
  for (const identity of account ? identitiesFor(account) : []) {
    if (await works(identity, directory, executable)) return identity;
  }
  throw new Error(
    'PostgreSQL does not run as root, and no unprivileged way works here: neither the account postgres or nobody as such ' +
      `(it cannot reach ${directory} and ${executable}), nor unshare(1), nor setpriv(1). ` +
      'Run Tandem as an ordinary user, or set DATABASE_URL to use a PostgreSQL of your own.',
  );
}

/** Gives a directory and all in it to the identity's owner, unless it has them already. */
export async function giveTo(identity: Identity, directory: string): Promise<void> {
  if (!identity.owner || (await stat(directory)).uid === identity.owner.uid) return;
  const { uid, gid } = identity.owner;
  for (const name of await readdir(directory, { recursive: true })) await lchown(join(directory, name), uid, gid);
  // The directory itself comes last: it is what tells that all is done.
  await chown(directory, uid, gid);
}

function identitiesFor(account: Account): Identity[] {
  const { uid, gid } = account;
  const setpriv = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const capability = [
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
  ];
  return [
    { prefix: [], user: account, owner: account },
    { prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'], owner: { uid: 0, gid: 0 } },
    { prefix: [...setpriv, ...capability, '--'], owner: account },
  ];
}

async function works(identity: Identity, directory: string, executable: string): Promise<boolean> {
  const probe = await mkdtemp(join(directory, 'probe-'));
  try {
    await giveTo(identity, probe);
    const script = 'cd "$1" && : > file && exec "$2" --version';
    const words = [...identity.prefix, 'sh', '-c', script, 'sh', probe, executable];
    const [program, ...args] = words as [string, ...string[]];
    return spawnSync(program, args, { stdio: 'ignore', ...identity.user }).status === 0;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

function findAccount(name: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((option) => spawnSync('id', [option, name], { encoding: 'utf8' }).stdout?.trim());
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

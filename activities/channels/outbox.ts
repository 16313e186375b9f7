import { randomBytes } from 'node:crypto';
import { type FileHandle, readFile, writeFile } from 'node:fs/promises';
import type { ProviderAnswer } from '../../policy/delivery/consequences.ts';
import { openLineFile } from '../../runtime/line-file.ts';
import type { Delivery, DeliveryChannel } from './channel.ts';

/**
 * The outbox: messages go to the ledger and to a file of JSON lines, and nothing leaves the machine. A line shows who
 * would have got what; addresses and numbers stay in the database. Hand-overs of one moment share one write and one
 * flush to disk, and a line that is on disk counts as sent, as a provider's journal would. Each file has a name of its
 * own, so that no process looks for a hand-over in another one's file (M9). One process at a time may have it open.
 */
export async function openOutbox(
  path: string,
  now: () => Promise<number>,
): Promise<DeliveryChannel & { close(): Promise<void> }> {
  const lines = await openLineFile(path);
  const index = createIndex(lines.file);
  const underWay = new Set<string>();
  return {
    provider: await nameOf(path),
    carries: ['email', 'sms'],
    settleAfterSeconds: 15,
    async deliver(delivery): Promise<ProviderAnswer> {
      underWay.add(delivery.sendId);
      try {
        await lines.append(JSON.stringify(lineOf(delivery, await now())));
        return { class: 'accepted', code: 'written', providerId: delivery.sendId };
      } catch (error) {
        return { class: 'ambiguous', code: (error as NodeJS.ErrnoException).code ?? 'outbox_failed' };
      } finally {
        underWay.delete(delivery.sendId);
      }
    },
    async lookUp({ id }) {
      if (underWay.has(id)) return { fate: 'unknown' };
      return (await index.has(id)) ? { fate: 'accepted', providerId: id } : { fate: 'absent' };
    },
    close: () => lines.close(),
  };
}

/** Made with the file, and kept beside it. */
async function nameOf(path: string): Promise<string> {
  const name = `outbox:${randomBytes(6).toString('hex')}`;
  const kept = await readFile(`${path}.name`, 'utf8').catch(() => '');
  if (kept !== '') return kept;
  await writeFile(`${path}.name`, name, { mode: 0o600 });
  return name;
}

function lineOf(delivery: Delivery, now: number): Record<string, unknown> {
  const { sendId, messageIds, personId, bcc, subject, body, template } = delivery;
  return {
    at: new Date(now).toISOString(),
    id: sendId,
    messageIds,
    to: personId,
    bcc: bcc.length,
    template,
    subject,
    body,
  };
}

/** The ids that are on disk, read on from where the last look-up ended. */
function createIndex(file: FileHandle): { has(id: string): Promise<boolean> } {
  const ids = new Set<string>();
  let offset = 0;
  let rest = '';
  const readOn = async (): Promise<void> => {
    const buffer = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) addIdOf(line, ids);
    }
  };
  let reading: Promise<void> = Promise.resolve();
  return {
    async has(id) {
      reading = reading.catch(() => undefined).then(readOn);
      await reading;
      return ids.has(id);
    },
  };
}

/** Half a line tells of nothing that was handed over. */
function addIdOf(line: string, ids: Set<string>): void {
  try {
    ids.add((JSON.parse(line) as { id: string }).id);
  } catch {
    // A later look-up answers that it is absent.
  }
}

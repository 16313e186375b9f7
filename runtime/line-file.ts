import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of lines that is only ever added to, by one process at a time. */
export interface LineFile {
  file: FileHandle;
  /**
   * Adds one line, given without its end; resolves when it is on disk. Lines of one moment share one write and flush.
   * @throws when it could not be written; half of it may have been.
   */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file of lines, or makes it, readable by its owner only. */
export async function openLineFile(path: string): Promise<LineFile> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o600);
  await endPartialLine(file);
  return { file, ...createQueue(file), close: () => file.close() };
}

/** A process that was killed while it wrote may leave half a line: the next one begins on a line of its own. */
async function endPartialLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  if (last.toString() !== '\n') await file.appendFile('\n');
}

function createQueue(file: FileHandle): Pick<LineFile, 'append'> {
  let waiting: string[] = [];
  let flushing: Promise<void> | null = null;
  let before: Promise<void> = Promise.resolve();
  let failed = false;
  const write = async (lines: string): Promise<void> => {
    // On a full disk, half a line may have been written.
    if (failed) await endPartialLine(file);
    failed = true;
    await file.appendFile(lines);
    await file.datasync();
    failed = false;
  };
  const flush = async (): Promise<void> => {
    // Whatever arrives in this turn of the event loop travels together.
    await new Promise((resolve) => setImmediate(resolve));
    const lines = waiting.join('');
    waiting = [];
    flushing = null;
    const written = before.then(() => write(lines));
    before = written.catch(() => undefined);
    return written;
  };
  return {
    append(line) {
      waiting.push(`${line}\n`);
      flushing ??= flush();
      return flushing;
    },
  };
}

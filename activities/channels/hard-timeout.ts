/** Thrown when a provider did not answer in time; what it was asked may still be done. */
export class NoAnswerInTime extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('the provider did not answer in time');
    this.name = 'NoAnswerInTime';
  }
}

/**
 * The answer, if it is whole within so many milliseconds: clients time the silence of a connection, and an answer that
 * drips slowly would never end.
 * @throws {NoAnswerInTime}
 */
export async function withinMillis<T>(millis: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswerInTime()), millis);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => undefined);
  }
}

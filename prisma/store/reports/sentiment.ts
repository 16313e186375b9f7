import { type Temperature, temperatureOf } from '../../../policy/program/sentiment.ts';
import type { ReportDays } from '../../../policy/reports/span.ts';
import { type Queryable, queryRows } from '../../database.ts';

/** How people rate their matches. */
export interface Sentiment {
  responses: number;
  /** Mean of the scores, each as a share of its scale; null without responses. */
  mean: number | null;
  /** The mean as people speak of the weather; null without responses. */
  temperature: Temperature | null;
  /** Ratings in the bottom of their scale, as the program has it (S3). */
  low: number;
}

const sql = `
  select count(*)::int as responses, avg((data->>'score')::float8 / (data->>'scale')::float8) as mean,
    (count(*) filter (where (data->>'low')::boolean))::int as low
  from pair_records
  where program_id = $1 and kind = 'survey' and ($2::text is null or day >= $2) and ($3::text is null or day <= $3)`;

/** Every survey answered in a program on these days, of whatever instrument. */
export async function sentimentOf(on: Queryable, programId: string, { from, to }: ReportDays): Promise<Sentiment> {
  const [row] = await queryRows<Omit<Sentiment, 'temperature'>>(on, sql, programId, from, to);
  const { responses, mean, low } = row as Omit<Sentiment, 'temperature'>;
  return { responses, mean, temperature: temperatureOf(mean), low };
}

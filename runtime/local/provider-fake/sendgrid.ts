import { randomBytes } from 'node:crypto';
import { type ErrorRequestHandler, type Request, type Response, Router, raw } from 'express';
import type { Exchange } from './answering.ts';
import { type Answer, jsonAnswer, sendgridError } from './answers.ts';
import { sendgridMessageId } from './callbacks.ts';
import type { Intake, Verdict } from './intake.ts';
import type { Entry } from './journal.ts';
import { latestReport } from './reports.ts';
import { readMail } from './sendgrid-mail.ts';
import { parseQuery, QueryFault } from './sendgrid-query.ts';

export interface SendgridDeps {
  intake: Intake;
  apiKey: string;
  stopped: AbortSignal;
}

const MAX_BYTES = 30 * 1024 * 1024;

/** SendGrid's API: sending mail, and looking it up in the e-mail activity. */
export function sendgridApi(deps: SendgridDeps): Router {
  const router = Router();
  const body = raw({ type: () => true, limit: MAX_BYTES });
  router.post('/v3/mail/send', body, (request, response) => sendMail(deps, request, response));
  router.use('/v3/mail/send', tooLarge(deps));
  router.get('/v3/messages', (request, response) => lookUp(deps, request, response));
  return router;
}

async function sendMail({ intake, apiKey, stopped }: SendgridDeps, request: Request, response: Response) {
  const given = parsed(request.body);
  const exchange: Exchange = { request, response, stopped };
  const reading = readMail(given, await intake.now());
  const judge = (): Verdict => {
    const id = randomBytes(16).toString('base64url');
    const refuse = (answer: Answer) => ({ accepted: false, id, answer });
    if (!isAuthorized(request, apiKey)) return refuse(wrongKey());
    if (!request.is('application/json')) return refuse(sendgridError(415, [{ field: null }]));
    if (given === undefined) return refuse(sendgridError(400, [{ field: null, message: 'The body is not JSON' }]));
    if (reading.faults.length > 0) return refuse(sendgridError(400, reading.faults));
    if (reading.sandbox) return refuse({ status: 200, headers: {}, body: '' });
    return { accepted: true, id, answer: { status: 202, headers: { 'X-Message-Id': id }, body: '' } };
  };
  await intake.send(reading.submission, judge, exchange);
}

/** A mail that is too large to be read is refused, and in the journal, all the same. */
function tooLarge({ intake, stopped }: SendgridDeps): ErrorRequestHandler {
  return async (error, request, response, next) => {
    if (error?.type !== 'entity.too.large') return next(error);
    const { submission } = readMail(undefined, await intake.now());
    const answer = sendgridError(413, [{ field: null }]);
    await intake.send(submission, () => ({ accepted: false, id: '', answer }), { request, response, stopped });
  };
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch {
    return undefined;
  }
}

function isAuthorized(request: Request, apiKey: string): boolean {
  return request.get('Authorization') === `Bearer ${apiKey}`;
}

const wrongKey = (): Answer =>
  sendgridError(401, [{ field: null, message: 'The API key is not valid, was revoked or is missing' }]);

async function lookUp({ intake, apiKey, stopped }: SendgridDeps, request: Request, response: Response) {
  const { query = '', limit = '10' } = request.query;
  const about = /\bto_email\s*=\s*"([^"]*)"/.exec(String(query))?.[1];
  const find = (now: number): Answer => {
    if (!isAuthorized(request, apiKey)) return wrongKey();
    if (!/^\d{1,4}$/.test(String(limit)) || Number(limit) < 1 || Number(limit) > 1000) {
      return sendgridError(400, [{ field: 'limit', message: 'A whole number from 1 to 1000' }]);
    }
    try {
      const found = intake.visible('sendgrid', now).filter(parseQuery(String(query)));
      const messages = found.flatMap((entry) => activityOf(entry, now)).reverse();
      return jsonAnswer(200, { messages: messages.slice(0, Number(limit)) });
    } catch (error) {
      if (!(error instanceof QueryFault)) throw error;
      return sendgridError(400, [{ field: 'query', message: error.message }]);
    }
  };
  await intake.lookUp('sendgrid', about === undefined ? [] : [about], find, { request, response, stopped });
}

/** The activity shows each recipient of a mail by itself. */
function activityOf(entry: Entry, now: number): object[] {
  return [...entry.to, ...entry.cc, ...entry.bcc].map((recipient) => {
    const latest = latestReport(entry.reports, recipient, now);
    return {
      from_email: entry.from,
      msg_id: sendgridMessageId(entry),
      subject: entry.subject,
      to_email: recipient,
      status: activityStatus(latest?.status),
      opens_count: 0,
      clicks_count: 0,
      last_event_time: `${(latest?.at ?? entry.at).slice(0, 19)}Z`,
    };
  });
}

function activityStatus(status: string | undefined): 'processed' | 'delivered' | 'not_delivered' {
  if (status === undefined || status === 'processed' || status === 'deferred') return 'processed';
  return status === 'bounce' || status === 'dropped' ? 'not_delivered' : 'delivered';
}

import { type Request, type Response, Router, text } from 'express';
import type { Exchange } from './answering.ts';
import { type Answer, jsonAnswer, twilioError } from './answers.ts';
import { type Credentials, sid } from './credentials.ts';
import type { Intake, Verdict } from './intake.ts';
import { pageOf } from './twilio-list.ts';
import { createdAnswer, messageOf, readForm, refusalOf } from './twilio-message.ts';

export interface TwilioDeps {
  intake: Intake;
  credentials: Credentials;
  stopped: AbortSignal;
}

const PATH = '/2010-04-01/Accounts/:accountSid/Messages';

/** Twilio's API: creating messages, and reading them back. */
export function twilioApi(deps: TwilioDeps): Router {
  const router = Router();
  const body = text({ type: () => true, limit: '256kb' });
  router.post(`${PATH}.json`, body, (request, response) => createMessage(deps, request, response));
  router.get(`${PATH}.json`, (request, response) => listMessages(deps, request, response));
  router.get(`${PATH}/:sid.json`, (request, response) => fetchMessage(deps, request, response));
  return router;
}

async function createMessage(deps: TwilioDeps, request: Request, response: Response): Promise<void> {
  const { intake } = deps;
  const accountSid = deps.credentials.twilioAccountSid;
  const message = readForm(new URLSearchParams(typeof request.body === 'string' ? request.body : ''));
  const judge = (arrivedAt: number): Verdict => {
    const id = sid('SM');
    const refusal = accessFault(deps, request) ?? refusalOf(message);
    if (refusal) return { accepted: false, id, answer: refusal };
    return { accepted: true, id, answer: createdAnswer(message, id, accountSid, arrivedAt) };
  };
  await intake.send(message, judge, exchangeOf(deps, request, response));
}

async function listMessages(deps: TwilioDeps, request: Request, response: Response): Promise<void> {
  const { intake } = deps;
  const accountSid = deps.credentials.twilioAccountSid;
  const { searchParams } = new URL(request.originalUrl, 'http://127.0.0.1');
  const about = searchParams.getAll('To');
  const find = (now: number): Answer => {
    const fault = accessFault(deps, request);
    return fault ?? pageOf(intake.visible('twilio', now), searchParams, accountSid, now);
  };
  await intake.lookUp('twilio', about, find, exchangeOf(deps, request, response));
}

async function fetchMessage(deps: TwilioDeps, request: Request, response: Response): Promise<void> {
  const { intake } = deps;
  const accountSid = deps.credentials.twilioAccountSid;
  const wanted = intake.journal.find(String(request.params.sid));
  const find = (now: number): Answer => {
    const fault = accessFault(deps, request);
    if (fault) return fault;
    const seen = wanted && intake.visible('twilio', now).includes(wanted);
    return seen ? jsonAnswer(200, messageOf(wanted, accountSid, now)) : twilioError(20404);
  };
  await intake.lookUp('twilio', wanted?.to ?? [], find, exchangeOf(deps, request, response));
}

function accessFault({ credentials }: TwilioDeps, request: Request): Answer | null {
  const { twilioAccountSid: accountSid, twilioAuthToken: authToken } = credentials;
  const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  if (request.get('Authorization') !== expected) return twilioError(20003);
  return request.params.accountSid === accountSid ? null : twilioError(20404);
}

function exchangeOf({ stopped }: TwilioDeps, request: Request, response: Response): Exchange {
  return { request, response, stopped };
}

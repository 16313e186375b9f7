import { type ErrorRequestHandler, json, type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { inboundMailSchema, inboundTextSchema } from './inbound.ts';
import { planSchema } from './plan.ts';
import type { ProviderFake } from './start.ts';
import { NoWebhooks, webhooksSchema } from './webhooks.ts';

/** A request that the control API refuses, with where it is wrong. */
class Refusal extends Error {
  readonly status: number;
  readonly faults: { pointer: string; detail: string }[];

  constructor(status: number, title: string, faults: { pointer: string; detail: string }[] = []) {
    super(title);
    this.status = status;
    this.faults = faults;
  }
}

const journalQuery = z.strictObject({
  /** How many entries to pass over. */
  after: z.string().regex(/^\d+$/, 'A whole number').transform(Number).default(0),
  sendId: z.string().optional(),
});

/** The fake's control API: what it should do wrong, where it calls back, and what it saw. */
export function controlApi(fake: Omit<ProviderFake, 'sendgridUrl' | 'twilioUrl' | 'controlUrl'>): Router {
  const router = Router();
  // A page in a browser may neither read the journal by a name of its own for this address, nor post without asking.
  router.use(onlyByLocalName, json({ limit: '4mb' }));
  router.put('/plan', (request, response) => {
    fake.setPlan(checked(planSchema, request.body, 'The plan'));
    response.status(204).end();
  });
  router.post('/webhooks', (request, response) => {
    fake.setWebhooks(checked(webhooksSchema, request.body, 'The webhooks'));
    response.status(204).end();
  });
  router.get('/journal', (request, response) => {
    const { after, sendId } = checked(journalQuery, request.query, 'The query');
    const entries = fake.journal().slice(after);
    response.json({ items: sendId === undefined ? entries : entries.filter((entry) => entry.sendId === sendId) });
  });
  router.get('/keys', (_, response) => void response.json(fake.keys));
  router.get('/callbacks', (_, response) => void response.json(fake.callbacks()));
  router.post('/inbound-mail', async (request, response) => {
    const mail = checked(inboundMailSchema, request.body, 'The mail');
    answerTaken(response, await handingOver(() => fake.receiveMail(mail)));
  });
  router.post('/inbound-text', async (request, response) => {
    const text = checked(inboundTextSchema, request.body, 'The text');
    answerTaken(response, await handingOver(() => fake.receiveText(text)));
  });
  router.use(() => {
    throw new Refusal(404, 'Nothing is found at this address');
  });
  return router.use(refusals);
}

const onlyByLocalName: RequestHandler = (request, _, next) => {
  if (!/^(127\.0\.0\.1|localhost)$/.test(request.hostname)) {
    throw new Refusal(403, 'The control API answers to 127.0.0.1 and localhost only');
  }
  next();
};

function checked<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  if (value === undefined) throw new Refusal(400, `${what} is missing: send JSON with Content-Type application/json`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    detail: message,
  }));
  throw new Refusal(400, `${what} is not valid`, faults);
}

function handingOver<T>(work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    throw error instanceof NoWebhooks ? new Refusal(409, error.message) : error;
  });
}

function answerTaken(response: Response, taken: boolean): void {
  response.status(taken ? 200 : 502).json({ taken });
}

const refusals: ErrorRequestHandler = (error, _: Request, response, next) => {
  if (error instanceof Refusal) {
    response.status(error.status).json({ error: error.message, faults: error.faults });
  } else if (error?.type === 'entity.parse.failed') {
    response.status(400).json({ error: 'The body is not JSON', faults: [] });
  } else if (error?.type === 'entity.too.large') {
    response.status(413).json({ error: 'A body has at most 4 MB', faults: [] });
  } else next(error);
};

import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { type Database, isUnavailable } from '../prisma/database.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { createAuthentication } from './authentication.ts';
import { docsPage, docsStyleSource } from './docs-page.ts';
import { type EndpointDeps, serve } from './endpoint.ts';
import { createOpenApiDocument } from './openapi.ts';
import { malformed, notFound, Problem, unavailable } from './problem.ts';
import { pathPattern, type Route } from './route.ts';
import { descriptionRoutes } from './routes/description.ts';
import { healthRoutes } from './routes/health.ts';
import { keyRoutes } from './routes/keys.ts';
import { unexpected } from './unexpected.ts';

export interface AppDeps {
  database: Database;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
  /** Where others reach this installation, without a trailing slash. */
  publicUrl: string;
  /** What is missing besides the database, by name; nothing when the process can do its work. */
  ready?: () => Promise<string[]>;
  /** The routes beside those for keys, health and description. */
  routes: readonly Route[];
}

/** The API as an Express application that does not listen yet. */
export function createApp(deps: AppDeps): Express {
  const authentication = createAuthentication(deps.database, deps.clock);
  const described = [...deps.routes, ...keyRoutes({ ...deps, authentication }), ...healthRoutes(deps)];
  const routes = [...described, ...descriptionRoutes(() => document, docsPage)];
  const document = createOpenApiDocument(routes, deps.publicUrl);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(secured());
  for (const [template, methods] of byTemplate(routes)) {
    app.all(pathPattern(template), (request, response) => {
      measure(deps.metrics, template, request, response);
      return serve(routeFor(methods, request), { ...deps, authentication } satisfies EndpointDeps, request, response);
    });
  }
  app.use((request, response) => {
    measure(deps.metrics, 'unmatched', request, response);
    throw notFound();
  });
  app.use(problemAnswers(deps.logger));
  return app;
}

function secured() {
  const directives = { defaultSrc: ["'none'"], styleSrc: [docsStyleSource], frameAncestors: ["'none'"] };
  return helmet({ contentSecurityPolicy: { useDefaults: false, directives } });
}

/** Routes by path template; those with fewer parameters first, so that a fixed name wins over a parameter. */
function byTemplate(routes: readonly Route[]): [string, Map<string, Route>][] {
  const templates = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const methods = templates.get(route.path) ?? new Map<string, Route>();
    const method = route.method.toUpperCase();
    if (methods.has(method)) throw new Error(`The route ${method} ${route.path} is declared twice`);
    templates.set(route.path, methods.set(method, route));
  }
  const parameters = (template: string) => template.split('{').length;
  return [...templates].sort(([a], [b]) => parameters(a) - parameters(b));
}

function routeFor(methods: Map<string, Route>, { method }: Request): Route {
  const route = methods.get(method) ?? (method === 'HEAD' ? methods.get('GET') : undefined);
  if (route) return route;
  const allow = [...methods.keys(), ...(methods.has('GET') ? ['HEAD'] : [])].sort().join(', ');
  throw new Problem('method-not-allowed', `Here is ${allow}`, { headers: { Allow: allow } });
}

function measure({ httpDuration }: Metrics, route: string, { method }: Request, response: Response): void {
  const stop = httpDuration.startTimer({ method: /^[A-Z]{3,7}$/.test(method) ? method : 'OTHER', route });
  response.once('close', () => stop({ status: String(response.statusCode) }));
}

/** The last handler: turns whatever was thrown into a problem document. */
function problemAnswers(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    if (response.headersSent) {
      logger.error(error);
      response.destroy();
      return;
    }
    const problem = asProblem(error, logger);
    response.status(problem.status).set(problem.headers).type('application/problem+json');
    response.send(JSON.stringify(problem.document));
  };
}

function asProblem(error: unknown, logger: Logger): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof URIError) return malformed('The address holds a damaged percent code');
  if (isUnavailable(error)) {
    logger.error(error, 'the database does not answer');
    return unavailable('The database does not answer at present');
  }
  return unexpected(error, logger);
}

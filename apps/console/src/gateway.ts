import { Hono } from 'hono';
import type { Logger } from '@advocate/service';
import { checkHost, checkSite } from './guard.ts';
import { HttpError, toHttpError } from './http-error.ts';
import type { NodeEnv } from './request.ts';
import { importJobRoutes } from './routes/import-jobs.ts';
import { linkedFileRoutes } from './routes/linked-files.ts';
import { participantRoutes } from './routes/participants.ts';
import { templateRoutes } from './routes/templates.ts';
import { uploadRoutes } from './routes/uploads.ts';
import type { Services } from './services.ts';
import { askInTime } from './services.ts';
import type { WebApp } from './web-app.ts';
import { webAppHandler } from './web-app.ts';

export interface GatewayDependencies {
  readonly services: Services;
  readonly webApp: WebApp;
  /** The tenant that the page opens with. */
  readonly tenant: string;
  /** Host names of its own, beside those of loopback. */
  readonly names: readonly string[];
  /** Where people reach it, when that is not where it listens. */
  readonly publicUrl?: URL;
  /** Larger files are refused by the services. */
  readonly maxFileBytes: number;
  readonly version: string;
  readonly logger: Logger;
}

const healthMs = 2_000;

/** The console's HTTP API over the services' gRPC API, signed links, and the web app for every other path. */
export function createGateway(dependencies: GatewayDependencies): Hono<NodeEnv> {
  const { services, webApp, tenant, names, publicUrl, maxFileBytes, version, logger } = dependencies;
  const serves = async (): Promise<boolean> => {
    const health = services.health.check.bind(services.health);
    const answer = await askInTime(health, { service: '' }, healthMs).catch(() => undefined);
    return answer?.status === 'SERVING';
  };
  const api = new Hono<NodeEnv>();
  api.use(checkSite(publicUrl?.host));
  api.use(async (c, next) => {
    c.header('Cache-Control', 'no-store');
    await next();
  });
  api.get('/status', async (c) => c.json({ tenant, version, maxFileBytes, serving: await serves() }));
  api.route('/templates', templateRoutes());
  api.route('/tenants/:tenant/importJobs', importJobRoutes(services));
  api.route('/tenants/:tenant/uploads', uploadRoutes(services));
  api.route('/tenants/:tenant', participantRoutes(services));
  api.all('*', () => {
    throw new HttpError('NOT_FOUND', 'NO_SUCH_RESOURCE', 'The API has nothing under this path and method.');
  });

  const gateway = new Hono<NodeEnv>();
  gateway.use(checkHost(names));
  gateway.route('/api', api);
  gateway.route('/files', linkedFileRoutes(services));
  gateway.get('*', webAppHandler(webApp));
  gateway.onError((error, c) => {
    const { status, body } = toHttpError(error);
    if (status >= 500 && status !== 503 && !c.env.outgoing.destroyed) logger.warn({ path: c.req.path, err: error }, 'Request failed');
    return c.json(body, status as 500);
  });
  return gateway;
}

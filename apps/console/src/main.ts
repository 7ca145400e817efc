/** The console as a process of its own, over the gRPC of services elsewhere; its own gRPC port serves health. */
import { createLogger, readProcessConfig, runProcess, startGrpcServer } from '@advocate/service';
import { readConsoleConfig } from './config.ts';
import { startConsole } from './start-console.ts';

const config = { ...readProcessConfig(process.env), console: readConsoleConfig(process.env) };
const logger = createLogger('console', config.logLevel);

await runProcess(logger, async () => {
  if (config.console === undefined) throw new Error('ADVOCATE_HTTP_PORT is off, so there is nothing to run. Give it a port.');
  await using resources = new AsyncDisposableStack();
  const console = resources.use(await startConsole({ ...config.console, logger }));
  const health = resources.use(await startGrpcServer(config.grpcHost, config.grpcPort, []));
  logger.info({ url: console.url, port: health.port, server: config.console.server }, 'The console runs');
  return resources.move();
});

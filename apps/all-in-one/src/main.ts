/** All four services as one process on the embedded engine. */
import { createLogger, runProcess } from '@advocate/service';
import { readAllInOneConfig } from './config.ts';
import { startAllInOne } from './start-all-in-one.ts';

const config = readAllInOneConfig(process.env);
const logger = createLogger('all-in-one', config.logLevel);

await runProcess(logger, async () => {
  const suite = await startAllInOne(config);
  logger.info({ port: suite.grpcPort, url: suite.consoleUrl, dataDir: config.dataDir }, 'All services run');
  return suite;
});

/** Ingestion as one of several instances over a data folder that another process owns; it prints its port once it serves. Arguments: folder, instance. */
import { defaultTenantSettings } from '@advocate/domain';
import { joinEmbeddedEngine } from '@advocate/embedded';
import { startIngestion } from '@advocate/ingestion';
import { createLogger, defaultFilePolicy, startGrpcServer } from '@advocate/service';

const [dataDir = '', instance = ''] = process.argv.slice(2);
const engine = await joinEmbeddedEngine({ dataDir });
const logger = createLogger(instance, 'error');
const options = { instance, settings: defaultTenantSettings, maxFileBytes: 100_000_000, filePolicy: defaultFilePolicy, now: Date.now };
const ingestion = await startIngestion({ ...engine, ...options, logger });
const server = await startGrpcServer('127.0.0.1', 0, ingestion.grpc);
process.stdout.write(`${server.port}\n`);

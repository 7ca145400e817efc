import { type ConsoleSuite, deletePeople, importPeople, outlastServer, spawnConsole } from '@advocate/all-in-one/testing';
import { chromiumForTests, ConsoleBrowser } from '@advocate/console/testing';
import { kafkaBrokers, mongodbUri } from '@advocate/test-servers';
import { describe, expect, test } from 'vitest';
import { DistributedSuite } from './testing/distributed-suite.ts';

const kafka = kafkaBrokers();
const mongodb = mongodbUri();
const chromium = chromiumForTests();

/** The ingestion is what a console speaks to. */
async function withIngestion(suite: DistributedSuite): Promise<ConsoleSuite & { readonly grpcPort: number }> {
  let [ingestion] = suite.instances('ingestion');
  const { port: grpcPort } = await ingestion!.serving;
  return {
    grpcPort,
    get client() {
      return suite.client;
    },
    kill: () => suite.kill(ingestion!),
    async revive() {
      ingestion = await suite.startService('ingestion', grpcPort);
    },
    async hold() {
      await suite.stop(suite.instances('participant')[0]!);
      return {
        async [Symbol.asyncDispose]() {
          await suite.startService('participant');
        },
      };
    },
  };
}

describe.skipIf(chromium === undefined || kafka === undefined || mongodb === undefined)(
  'the console of a distributed suite in a browser',
  () => {
    test('does the whole job, and outlasts an ingestion that is killed', { timeout: 240_000 }, async () => {
      const suite = await withIngestion(await DistributedSuite.start({ kafka: kafka!, mongodb: mongodb! }));
      await using console = await spawnConsole(suite.grpcPort);
      await using browser = await ConsoleBrowser.launch(chromium!);
      const tab = await browser.openTab(console.url);
      await importPeople(tab, suite);
      await deletePeople(tab, suite);
      await outlastServer(tab, suite, 30_000);
      expect(tab.complaints).toEqual([]);
    });
  },
);

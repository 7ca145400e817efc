// Writes a file that never ends into the folder argv[2], and says so once it is under way.
import { setTimeout } from 'node:timers/promises';
import { openFolderFileStore } from './open-folder-file-store.ts';

const files = await openFolderFileStore(process.argv[2]!);
await files.write('endless', content());

async function* content(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(100_000);
  console.log('writing');
  for (;;) await setTimeout(1_000);
}

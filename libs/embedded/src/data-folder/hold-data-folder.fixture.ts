// Locks the data folder argv[2], says so, and holds it until it is killed.
import { lockDataFolder } from './lock-data-folder.ts';

await lockDataFolder(process.argv[2]!);
console.log('locked');
setInterval(() => {}, 1_000);

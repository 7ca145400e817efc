import type { FileIdentity, UploadMemory } from './upload-file.ts';

/** Remembers uploads in the browser, by tenant, name, size and time of change; where that is not allowed, not at all. */
export function browserUploadMemory(tenant: string): UploadMemory {
  const key = ({ name, size, lastModified }: FileIdentity): string => `upload/${tenant}/${name}/${size}/${lastModified}`;
  const tolerant = <T>(use: () => T): T | undefined => {
    try {
      return use();
    } catch {
      return undefined;
    }
  };
  return {
    recall: (file) => tolerant(() => localStorage.getItem(key(file))) ?? undefined,
    keep: (file, id) => tolerant(() => localStorage.setItem(key(file), id)),
    forget: (file) => tolerant(() => localStorage.removeItem(key(file))),
  };
}

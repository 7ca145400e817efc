import { useEffect, useRef, useState } from 'preact/hooks';
import { type ApiError, toApiError } from '../api/api-error.ts';
import { gatewayUploads } from '../api/uploads.ts';
import { pause } from '../upload/pause.ts';
import { uploadFile } from '../upload/upload-file.ts';
import { browserUploadMemory } from '../upload/upload-memory.ts';
import { connection } from './use-connection.ts';

/** Where a file is on its way to the server. */
export type UploadProgress =
  | { readonly state: 'none' }
  | { readonly state: 'sending'; readonly file: File; readonly sentBytes: number; readonly isInterrupted: boolean }
  | { readonly state: 'stored'; readonly file: File; readonly fileRef: string }
  | { readonly state: 'refused'; readonly file: File; readonly error: ApiError };

export interface Upload {
  readonly progress: UploadProgress;
  /** Sends a file in place of the one before. */
  readonly begin: (file: File) => void;
  readonly remove: () => void;
}

/** One file of a form, uploaded as soon as it is chosen and until the form is left. */
export function useUpload(tenant: string): Upload {
  const [progress, setProgress] = useState<UploadProgress>({ state: 'none' });
  const current = useRef(new AbortController());
  const isSending = progress.state === 'sending';

  useEffect(() => () => current.current.abort(), [tenant]);
  useEffect(() => {
    if (!isSending) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isSending]);

  const remove = (): void => {
    current.current.abort();
    setProgress({ state: 'none' });
  };

  const begin = (file: File): void => {
    current.current.abort();
    const { signal } = (current.current = new AbortController());
    const show = (next: UploadProgress): void => {
      if (!signal.aborted) setProgress(next);
    };
    const sending = (sentBytes: number, isInterrupted: boolean): UploadProgress => ({ state: 'sending', file, sentBytes, isInterrupted });
    let sent = 0;
    show(sending(0, false));
    uploadFile(file, {
      transport: gatewayUploads(tenant),
      memory: browserUploadMemory(tenant),
      signal,
      onProgress: (bytes) => show(sending((sent = bytes), false)),
      onInterrupted: () => {
        show(sending(sent, true));
        void connection.check();
      },
      wait: pause,
    }).then(
      (fileRef) => show({ state: 'stored', file, fileRef }),
      (error: unknown) => show({ state: 'refused', file, error: toApiError(error) }),
    );
  };

  return { progress, begin, remove };
}

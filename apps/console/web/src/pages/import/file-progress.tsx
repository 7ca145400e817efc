import { formatBytes } from '@advocate/format';
import { Icon } from '../../components/icon.tsx';
import type { UploadProgress } from '../../hooks/use-upload.ts';
import { useAnnouncement } from '../../hooks/use-announcement.ts';
import { formatShare } from '../../text/format.ts';

type Known = Exclude<UploadProgress, { state: 'none' }>;

/** A chosen file and how far its upload is. */
export function FileProgress({ progress, onRemove }: { progress: Known; onRemove: () => void }) {
  const { file } = progress;
  const sent = progress.state === 'sending' ? progress.sentBytes : file.size;
  const text = describe(progress);
  return (
    <div class="chosen-file">
      <Icon name="file" />
      <div class="chosen-text">
        <p class="chosen-name">{file.name}</p>
        {progress.state === 'sending' && <progress value={sent} max={file.size} aria-label={`Upload of ${file.name}`} />}
        <p class={progress.state === 'sending' && progress.isInterrupted ? 'hint hint-warn' : 'hint'}>{text}</p>
        <p class="visually-hidden" role="status">
          {useAnnouncement(text, progress.state !== 'sending' || progress.isInterrupted)}
        </p>
      </div>
      <button type="button" class="button button-quiet" onClick={onRemove}>
        {progress.state === 'sending' ? 'Cancel' : 'Remove'}
        <span class="visually-hidden"> {file.name}</span>
      </button>
    </div>
  );
}

function describe(progress: Known): string {
  const size = formatBytes(progress.file.size);
  switch (progress.state) {
    case 'sending': {
      const done = `${formatBytes(progress.sentBytes)} of ${size}`;
      return progress.isInterrupted
        ? `Interrupted at ${done}. It goes on by itself.`
        : `${done} uploaded, ${formatShare(progress.sentBytes, progress.file.size)}`;
    }
    case 'stored':
      return `${size}, uploaded`;
    case 'refused':
      return `${size}, not uploaded`;
  }
}

import { useRef, useState } from 'preact/hooks';
import { templatePath } from '../../api/jobs.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Icon } from '../../components/icon.tsx';
import type { UploadProgress } from '../../hooks/use-upload.ts';
import { useStatus } from '../../hooks/use-status.tsx';
import type { Draft } from './draft.ts';
import { fileProblem } from './file-problem.ts';
import { FileProgress } from './file-progress.tsx';

interface FileStepProps {
  readonly type: Draft['type'];
  readonly progress: UploadProgress;
  readonly onFile: (file: File) => void;
  readonly onRemove: () => void;
}

/** Where a file is dropped or selected; then how far its upload is. */
export function FileStep({ type, progress, onFile, onRemove }: FileStepProps) {
  const input = useRef<HTMLInputElement>(null);
  const maxFileBytes = useStatus().value?.maxFileBytes ?? 0;
  const [problem, setProblem] = useState<string>();
  const [isOver, setOver] = useState(false);

  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file === undefined) return;
    const found = files!.length > 1 ? 'Choose one file. Each file is a job of its own.' : fileProblem(file, maxFileBytes);
    setProblem(found);
    if (found === undefined) onFile(file);
  };

  return (
    <section class="card" aria-labelledby="file">
      <div class="card-head">
        <h2 id="file">File</h2>
        <a href={templatePath(type)} download>
          <Icon name="download" />
          Template for {type === 'USERS' ? 'Users' : 'Delete Users'}
        </a>
      </div>
      {progress.state === 'none' ? (
        <label
          class={isOver ? 'drop is-over' : 'drop'}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            take(event.dataTransfer?.files);
          }}
        >
          <input
            ref={input}
            class="visually-hidden"
            type="file"
            accept=".csv,.jsonl,.ndjson,text/csv"
            aria-describedby="file-hint"
            onChange={() => take(input.current?.files)}
          />
          <Icon name="upload" />
          <span class="drop-title">
            <span class="link">Select a file</span> or drop it here
          </span>
          <span class="hint" id="file-hint">
            CSV with a header, or JSONL. Columns <code>accountId</code> and <code>id</code> are required.
          </span>
        </label>
      ) : (
        <FileProgress progress={progress} onRemove={onRemove} />
      )}
      {problem !== undefined && progress.state === 'none' && (
        <p class="notice notice-bad" role="alert">
          <Icon name="alert" />
          <span class="notice-text">{problem}</span>
        </p>
      )}
      {progress.state === 'refused' && (
        <ErrorNotice title="The file could not be uploaded" error={progress.error} retry={() => onFile(progress.file)} />
      )}
    </section>
  );
}

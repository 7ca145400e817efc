import { useLocation, useRoute } from 'preact-iso';
import { useMemo, useState } from 'preact/hooks';
import { createJob, previewFile } from '../../api/jobs.ts';
import { Page } from '../../components/page.tsx';
import { useAction } from '../../hooks/use-action.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useUpload } from '../../hooks/use-upload.ts';
import { jobAddress } from '../../text/addresses.ts';
import { DeletionOptions } from './deletion-options.tsx';
import { type Draft, draftJob, emptyDraft, newRequestId } from './draft.ts';
import { FileStep } from './file-step.tsx';
import { PreviewStep } from './preview-step.tsx';
import { SegmentField } from './segment-field.tsx';
import { StartStep } from './start-step.tsx';
import { TypeChoice } from './type-choice.tsx';

/** Takes a file, shows how it is understood, and starts the job. */
export function ImportPage() {
  const { tenant = '' } = useRoute().params;
  const { route } = useLocation();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const { progress, begin, remove } = useUpload(tenant);
  const change = (changes: Partial<Draft>): void => setDraft((before) => ({ ...before, ...changes }));

  const fileRef = progress.state === 'stored' ? progress.fileRef : '';
  const job = draftJob(draft, fileRef);
  const preview = useLoad(
    async (signal) =>
      fileRef === '' ? undefined : { type: draft.type, fileRef, ...(await previewFile(tenant, draft.type, fileRef, signal)) },
    [tenant, draft.type, fileRef],
  );
  const shown = preview.value?.fileRef === fileRef && preview.value.type === draft.type ? preview.value : undefined;
  // A changed form asks for another job; the same form sent twice, as after a lost answer, does not.
  const requestId = useMemo(newRequestId, [JSON.stringify(job)]);
  const start = useAction(async () => {
    const { importJob } = await createJob(tenant, job, requestId);
    route(jobAddress(tenant, importJob!.id));
  });

  return (
    <Page
      title="Import"
      lead="Create, update or delete participants from a file. Nothing is applied before you have seen how the file is understood."
    >
      <div class="columns columns-form">
        <div class="stack">
          <TypeChoice type={draft.type} onChange={(type) => change({ type })} />
          <FileStep type={draft.type} progress={progress} onFile={begin} onRemove={remove} />
          {fileRef !== '' && <PreviewStep tenant={tenant} job={job} preview={{ ...preview, value: shown }} />}
        </div>
        <div class="stack stack-side">
          <section class="card" aria-labelledby="options">
            <h2 id="options">Options</h2>
            {draft.type === 'USERS' ? (
              <SegmentField tenant={tenant} draft={draft} onChange={change} />
            ) : (
              <DeletionOptions draft={draft} onChange={change} />
            )}
          </section>
          <StartStep draft={draft} onChange={change} preview={fileRef === '' ? undefined : shown} progress={progress} start={start} />
        </div>
      </div>
    </Page>
  );
}

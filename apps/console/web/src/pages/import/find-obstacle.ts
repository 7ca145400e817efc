import type { PreviewImportResponse } from '@advocate/contracts';
import type { UploadProgress } from '../../hooks/use-upload.ts';
import type { Draft } from './draft.ts';

/** What is still in the way of starting a job, as a sentence; undefined when nothing is. */
export function findObstacle(
  { type, typedSegment }: Draft,
  upload: UploadProgress['state'],
  preview: Pick<PreviewImportResponse, 'problems' | 'recordsTotal'> | undefined,
): string | undefined {
  if (upload === 'none') return 'Select a file first.';
  if (upload === 'sending') return 'The file is still being uploaded.';
  if (upload === 'refused') return 'The file could not be uploaded.';
  if (preview === undefined) return 'The preview is being made.';
  if (preview.problems.length > 0) return 'The file has problems; see the preview.';
  if (preview.recordsTotal === 0) return 'The file has no rows.';
  if (type === 'USERS' && typedSegment.trim() !== '') return `Add the segment “${typedSegment.trim()}”, or empty its field.`;
  return undefined;
}

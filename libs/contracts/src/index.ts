export {
  ImportJob,
  type ImportJob_Format,
  type ImportJob_Status,
  type ImportJob_Type,
  ImportParams as ImportParamsMessage,
  ImportStats,
  RowError as RowErrorMessage,
} from './generated/advocate/bulk/v1/import_job.ts';
export {
  CancelImportJobRequest,
  CancelImportJobResponse,
  CreateImportJobRequest,
  CreateImportJobResponse,
  DeleteImportJobRequest,
  DeleteImportJobResponse,
  DownloadFileRequest,
  type DownloadFileRequest_Kind,
  DownloadFileResponse,
  DownloadLinkedFileRequest,
  DownloadLinkedFileResponse,
  ErrorCause,
  ErrorExample,
  GetErrorDigestRequest,
  GetErrorDigestResponse,
  GetImportJobRequest,
  GetImportJobResponse,
  GetProgressHistoryRequest,
  GetProgressHistoryResponse,
  ImportJobServiceClient,
  type ImportJobServiceServer,
  ImportJobServiceService,
  ImportValidation,
  ListImportJobsRequest,
  ListImportJobsResponse,
  PreviewColumn,
  type PreviewColumn_Kind,
  PreviewImportRequest,
  PreviewImportResponse,
  PreviewRow,
  ProgressPoint,
  ResumeImportJobRequest,
  ResumeImportJobResponse,
  UploadFileRequest,
  UploadFileResponse,
  WatchImportJobRequest,
  WatchImportJobResponse,
} from './generated/advocate/bulk/v1/import_job_service.ts';
export {
  Account as AccountMessage,
  Participant as ParticipantMessage,
  Referral as ReferralMessage,
  Segment as SegmentMessage,
} from './generated/advocate/bulk/v1/participant.ts';
export {
  FindParticipantsResponse,
  GetAccountResponse,
  ListReferralsResponse,
  ListSegmentsResponse,
  ParticipantServiceClient,
  type ParticipantServiceServer,
  ParticipantServiceService,
  UpsertParticipantRequest,
} from './generated/advocate/bulk/v1/participant_service.ts';
export {
  DeadLetter as DeadLetterMessage,
  DeadLetterServiceClient,
  type DeadLetterServiceServer,
  DeadLetterServiceService,
  ListDeadLettersResponse,
} from './generated/advocate/bulk/v1/dead_letter_service.ts';
export { ImportPlan as ImportPlanMessage, RowChunk as RowChunkMessage } from './generated/advocate/bulk/v1/row_chunk.ts';
export { ChunkOutcome as ChunkOutcomeMessage, JobDrained, SliceFinished } from './generated/advocate/bulk/v1/chunk_outcome.ts';
export {
  ContinueUploadRequest,
  FinishUploadResponse,
  GetUploadResponse,
  StartUploadRequest,
  StartUploadResponse,
  Upload as UploadMessage,
  UploadServiceClient,
  type UploadServiceServer,
  UploadServiceService,
} from './generated/advocate/bulk/v1/upload_service.ts';
export {
  type CreateWebhookRequest,
  CreateWebhookResponse,
  type DeleteWebhookRequest,
  type DeleteWebhookResponse,
  type ListWebhookDeliveriesRequest,
  ListWebhookDeliveriesResponse,
  type ListWebhooksRequest,
  ListWebhooksResponse,
  type ReplayWebhookDeliveriesRequest,
  ReplayWebhookDeliveriesResponse,
  Webhook as WebhookMessage,
  WebhookDelivery as WebhookDeliveryMessage,
  type WebhookDelivery_State,
  WebhookServiceClient,
  type WebhookServiceServer,
  WebhookServiceService,
} from './generated/advocate/bulk/v1/webhook_service.ts';
export { JobEvent, type JobEvent_Type, ParticipantEvent } from './generated/advocate/bulk/v1/events.ts';
export { BadRequest, ErrorInfo } from './generated/google/rpc/error_details.ts';
export { Status as StatusMessage } from './generated/google/rpc/status.ts';
export { Any } from './generated/google/protobuf/any.ts';
export { HealthClient } from './generated/grpc/health/v1/health.ts';
export { ask, read, type Unary } from './calls.ts';
export { descriptorSetBase64 } from './generated/descriptors.ts';

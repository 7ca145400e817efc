import { startGrpcServer, GrpcHandlers, createLogger, RequestError } from '@advocate/service';
import { ImportJobServiceService, ParticipantServiceService, ImportJob } from '@advocate/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
const h = new GrpcHandlers(createLogger('s','error'));
const jobs = new Map<string, any>(); let n = 0; const mode = process.env.MODE ?? '';
const S: any = {
  uploadFile: h.clientStream(async (reqs: AsyncIterable<any>) => { let size = 0; let md: any; for await (const r of reqs) { if (r.part.$case==='metadata') { md = r.part.value; if (mode==='refuse-upload') throw new RequestError('INVALID_ARGUMENT','X','Upload refused.', [{field:'metadata.filename',description:'bad name',reason:'X'}]); } else size += r.part.value.length; if (mode==='slow') await sleep(5);} console.error('upload', md, size); return { fileRef: 'imports/default/x_' + 'a'.repeat(24) + '.csv', sizeBytes: size, sha256: '' }; }),
  createImportJob: h.unary(async (r: any) => { if (r.importJob.displayName==='bad') throw new RequestError('INVALID_ARGUMENT','X','The import was refused.', [{field:'import_job.params.segments[0]',description:"There is no segment 'x'.",reason:'X'}]);
    if (r.validateOnly) return { importJob: {...r.importJob, warnings:['col x ignored']}, validation: { recordsRead: 10, recordsInvalid: 1, firstErrors: [{recordNumber:3,message:'bad id',apiErrorCode:'BAD_REQUEST',statusCode:400}] } };
    const id = (++n).toString(16).padStart(24,'0'); const job = ImportJob.fromPartial({...r.importJob, id, name: r.parent+'/importJobs/'+id, status:'PENDING', dateCreated: Date.now(), dateStarted: Date.now(), stats: {bytesTotal: 1e6}}); jobs.set(job.name, job); return { importJob: job, validation: undefined }; }),
  getImportJob: h.unary(async (r: any) => { const j = jobs.get(r.name); if (!j) throw new RequestError('NOT_FOUND','X',`There is no job '${r.name}'.`); return { importJob: j }; }),
  listImportJobs: h.unary(async (r: any) => ({ importJobs: [...jobs.values()].reverse(), nextPageToken: '' })),
  watchImportJob: h.serverStream(async function* (r: any) { const j = jobs.get(r.name); if (!j) throw new RequestError('NOT_FOUND','X',`There is no job '${r.name}'.`);
    while (j.status==='PENDING') { j.stats.recordsProcessed += 12345; j.stats.errors += 2; j.stats.created += 12343; j.stats.bytesProcessed += 200000; if (j.stats.bytesProcessed >= 1e6) { j.status = 'COMPLETED'; j.dateCompleted = Date.now(); } yield { importJob: j }; if (j.status==='PENDING') await sleep(Number(process.env.STEP ?? 300)); } yield { importJob: j }; }),
  cancelImportJob: h.unary(async (r: any) => { const j = jobs.get(r.name); j.status='CANCELLED'; return { importJob: j }; }),
  downloadFile: h.serverStream(async function* (r: any) { const j = jobs.get(r.name); if (r.kind==='RESULTS') { yield { filename: `${j.id}.results.csv`, data: Buffer.from('id,accountId\n') }; for (let i=0;i<5;i++) yield { filename:'', data: Buffer.alloc(100000, 'x') }; } else if (r.kind==='ERRORS' && j.stats.errors) { yield { filename: `${j.id}.errors.csv`, data: Buffer.from('recordNumber,message,apiErrorCode,statusCode\n' + Array.from({length:10000},(_, i)=>`${i*1000+2},"bad, ""very""",BAD_REQUEST,400\n`).join('')) }; } else throw new RequestError('NOT_FOUND','X','no such file'); }),
};
const un: any = h.unary(async () => { throw new RequestError('NOT_FOUND','X','There is no participant.'); });
const P: any = Object.fromEntries(Object.keys(ParticipantServiceService).map((k) => [k, un]));
const s = await startGrpcServer('127.0.0.1', Number(process.env.PORT ?? 50051), [{ definition: ImportJobServiceService, implementation: S }, { definition: ParticipantServiceService, implementation: P }]);
console.log('up', s.port);

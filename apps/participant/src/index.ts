export { participantService, type ParticipantServiceDependencies } from './grpc/participant-service.ts';
export { type ParticipantDependencies, startParticipant } from './service.ts';

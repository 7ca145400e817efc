export { participantService, type ParticipantServiceDependencies } from './participant-service.ts';

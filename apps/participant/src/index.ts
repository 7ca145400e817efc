export { type ParticipantDependencies, startParticipant } from './service.ts';

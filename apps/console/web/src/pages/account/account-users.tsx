import type { ParticipantMessage } from '@advocate/contracts';
import { accountAddress } from '../../text/addresses.ts';
import { participantTitle } from '../../text/participant-words.ts';

interface AccountUsersProps {
  readonly tenant: string;
  readonly account: string;
  readonly participants: readonly ParticipantMessage[];
  readonly selectedId: string;
}

/** The participants of an account to choose from. */
export const AccountUsers = ({ tenant, account, participants, selectedId }: AccountUsersProps) => (
  <nav class="card users" aria-label="Participants of the account">
    <ul>
      {participants.map((participant) => (
        <li key={participant.id}>
          <a
            href={accountAddress(tenant, account, participant.id)}
            {...(participant.id === selectedId && { 'aria-current': 'true' as const })}
          >
            <span class="person-name">{participantTitle(participant)}</span>
            <span class="hint">{participant.id}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

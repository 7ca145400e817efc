import type { FindParticipantsResponse } from '@advocate/contracts';
import { formatCount } from '@advocate/format';
import { findParticipants, type ParticipantKey } from '../../api/participants.ts';
import { MoreButton } from '../../components/more-button.tsx';
import { useMore } from '../../hooks/use-more.ts';
import { accountAddress } from '../../text/addresses.ts';
import { participantTitle } from '../../text/participant-words.ts';

interface ParticipantListProps {
  readonly tenant: string;
  readonly kind: ParticipantKey;
  readonly value: string;
  readonly first: FindParticipantsResponse;
}

/** Who was found, each with the account. */
export function ParticipantList({ tenant, kind, value, first }: ParticipantListProps) {
  const { items, hasMore, more } = useMore({ items: first.participants, nextPageToken: first.nextPageToken }, async (pageToken, signal) => {
    const page = await findParticipants(tenant, kind, value, pageToken, signal);
    return { items: page.participants, nextPageToken: page.nextPageToken };
  });
  return (
    <div class="stack">
      <p class="hint" role="status">
        {formatCount(items.length, 'participant')}
        {hasMore && ', and there are more'}
      </p>
      <ul class="people">
        {items.map((participant) => (
          <li key={participant.name}>
            <a class="person" href={accountAddress(tenant, participant.accountId, participant.id)}>
              <span class="person-name">{participantTitle(participant)}</span>
              <span class="hint">{participant.email ?? 'no e-mail address'}</span>
              <span class="person-ids">
                <span>
                  User <code>{participant.id}</code>
                </span>
                <span>
                  Account <code>{participant.accountId}</code>
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {hasMore && <MoreButton more={more} label="Show more" />}
    </div>
  );
}

import { useLocation, useRoute } from 'preact-iso';
import { toApiError } from '../../api/api-error.ts';
import { findParticipants } from '../../api/participants.ts';
import { Empty } from '../../components/empty.tsx';
import { LoadedView } from '../../components/loaded-view.tsx';
import { Page } from '../../components/page.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { accountAddress, participantsAddress } from '../../text/addresses.ts';
import { describeSearch, readKind, type SearchKind } from '../../text/participant-search.ts';
import { ParticipantList } from './participant-list.tsx';
import { SearchForm } from './search-form.tsx';

/** Finds participants. What is looked for is in the address. */
export function ParticipantsPage() {
  const { tenant = '' } = useRoute().params;
  const { query, route } = useLocation();
  const kind = readKind(query.by);
  const value = query.q ?? '';
  return (
    <Page title="Participants" lead="Look up an account or one of its users, and see what last changed them.">
      <SearchForm
        key={kind + value}
        kind={kind}
        value={value}
        onSearch={(by, text) => route(by === 'account' ? accountAddress(tenant, text) : participantsAddress(tenant, by, text))}
      />
      {value === '' || kind === 'account' ? (
        <Empty icon="people" title="Look up a participant">
          <p>Search by account, user id or referral code as they stand in your file, or by e-mail address.</p>
        </Empty>
      ) : (
        <Results key={kind + value} tenant={tenant} kind={kind} value={value} />
      )}
    </Page>
  );
}

function Results({ tenant, kind, value }: { tenant: string; kind: Exclude<SearchKind, 'account'>; value: string }) {
  const found = useLoad(
    (signal) =>
      findParticipants(tenant, kind, value, '', signal).catch((error: unknown) => {
        // Nobody has the code.
        if (toApiError(error).isNotFound) return { participants: [], nextPageToken: '' };
        throw error;
      }),
    [tenant, kind, value],
  );
  return (
    <LoadedView of={found} failure="The search failed">
      {({ participants, nextPageToken }) =>
        participants.length === 0 ? (
          <Empty icon="search" title="Nobody found">
            <p>No participant has {describeSearch(kind, value)}. Ids count letter case; check for blanks, or search by something else.</p>
          </Empty>
        ) : (
          <ParticipantList tenant={tenant} kind={kind} value={value} first={{ participants, nextPageToken }} />
        )
      }
    </LoadedView>
  );
}

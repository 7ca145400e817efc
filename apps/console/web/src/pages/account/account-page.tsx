import { useLocation, useRoute } from 'preact-iso';
import { formatCount } from '@advocate/format';
import { getAccount } from '../../api/participants.ts';
import { Empty } from '../../components/empty.tsx';
import { LoadedView } from '../../components/loaded-view.tsx';
import { Page } from '../../components/page.tsx';
import { Time } from '../../components/time.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { accountAddress, participantsAddress } from '../../text/addresses.ts';
import { SearchForm } from '../participants/search-form.tsx';
import { AccountUsers } from './account-users.tsx';
import { ParticipantView } from './participant-view.tsx';

/** An account, and the one of its participants that the address names, or the first. */
export function AccountPage() {
  const { tenant = '' } = useRoute().params;
  const { id = '', user = '' } = useLocation().query;
  return <KnownAccountPage key={id} tenant={tenant} id={id} user={user} />;
}

function KnownAccountPage({ tenant, id, user }: { tenant: string; id: string; user: string }) {
  const account = useLoad((signal) => getAccount(tenant, id, signal), [tenant, id]);
  const { route } = useLocation();
  const search = (
    <SearchForm
      kind="account"
      value=""
      onSearch={(by, text) => route(by === 'account' ? accountAddress(tenant, text) : participantsAddress(tenant, by, text))}
    />
  );
  if (account.error?.isNotFound) {
    return (
      <Page title="Account not found">
        {search}
        <Empty icon="people" title="There is no such account">
          <p>
            No account has the id <code>{id}</code>. It may have been deleted with its last user, or was never imported. Ids count letter
            case.
          </p>
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={`Account ${id}`} documentTitle="Account">
      {search}
      <LoadedView of={account} failure="The account could not be loaded" lines={8}>
        {({ dateCreated, participants }) => {
          const selected = participants.find((participant) => participant.id === user) ?? participants[0];
          return (
            <div class="stack">
              <p class="hint">
                {formatCount(participants.length, 'participant')}, created <Time at={dateCreated} />
              </p>
              {user !== '' && selected?.id !== user && (
                <p class="notice notice-warn" role="status">
                  <span class="notice-text">
                    The account has no user <code>{user}</code> any more.
                  </span>
                </p>
              )}
              {selected === undefined ? (
                <Empty icon="people" title="This account is empty">
                  <p>Its users were deleted, and the account was preserved. Importing a user with this account id fills it again.</p>
                </Empty>
              ) : (
                <div class={participants.length > 1 ? 'columns columns-account' : ''}>
                  {participants.length > 1 && (
                    <AccountUsers tenant={tenant} account={id} participants={participants} selectedId={selected.id} />
                  )}
                  <ParticipantView key={selected.id} tenant={tenant} participant={selected} />
                </div>
              )}
            </div>
          );
        }}
      </LoadedView>
    </Page>
  );
}

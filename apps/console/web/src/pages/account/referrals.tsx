import type { ParticipantMessage, ReferralMessage } from '@advocate/contracts';
import { listReferrals } from '../../api/participants.ts';
import { LoadedView } from '../../components/loaded-view.tsx';
import { MoreButton } from '../../components/more-button.tsx';
import { Time } from '../../components/time.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { useMore } from '../../hooks/use-more.ts';
import { accountAddress, readParticipantName } from '../../text/addresses.ts';

interface ReferralsProps {
  readonly tenant: string;
  readonly participant: ParticipantMessage;
}

/** Whom a participant referred, and by whom the participant was referred. */
export function Referrals({ tenant, participant }: ReferralsProps) {
  const { accountId, id } = participant;
  const load = async (pageToken: string, signal: AbortSignal) => {
    const page = await listReferrals(tenant, accountId, id, pageToken, signal);
    return { items: page.referrals, nextPageToken: page.nextPageToken };
  };
  const first = useLoad((signal) => load('', signal), [tenant, accountId, id]);
  return (
    <section class="card" aria-labelledby="referrals">
      <h3 id="referrals">Referrals</h3>
      <LoadedView of={first} failure="The referrals could not be loaded">
        {(page) =>
          page.items.length === 0 ? (
            <p class="hint">None yet, on either side.</p>
          ) : (
            <ReferralTable tenant={tenant} participant={participant} first={page} load={load} />
          )
        }
      </LoadedView>
    </section>
  );
}

interface ReferralPage {
  readonly items: readonly ReferralMessage[];
  readonly nextPageToken: string;
}

interface ReferralTableProps extends ReferralsProps {
  readonly first: ReferralPage;
  readonly load: (pageToken: string, signal: AbortSignal) => Promise<ReferralPage>;
}

function ReferralTable({ tenant, participant, first, load }: ReferralTableProps) {
  const { items, hasMore, more } = useMore(first, load);
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Referrals on either side">
        <table class="table table-cells">
          <thead>
            <tr>
              <th scope="col">Date</th>
              <th scope="col">What</th>
              <th scope="col">Program</th>
              <th scope="col">Code</th>
            </tr>
          </thead>
          <tbody>
            {items.map((referral) => {
              const isReferrer = referral.referrer === participant.name;
              return (
                <tr key={referral.id}>
                  <td>
                    <Time at={referral.date} />
                  </td>
                  <td>
                    {isReferrer ? 'Referred ' : 'Was referred by '}
                    <Other tenant={tenant} name={isReferrer ? referral.referred : referral.referrer} />
                  </td>
                  <td>{referral.programId}</td>
                  <td>{referral.code === '' ? '' : <code>{referral.code}</code>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {hasMore && <MoreButton more={more} label="Show more referrals" />}
    </>
  );
}

function Other({ tenant, name }: { tenant: string; name: string }) {
  const found = readParticipantName(name);
  return found === undefined ? <>somebody who was deleted</> : <a href={accountAddress(tenant, found.account, found.id)}>{found.id}</a>;
}

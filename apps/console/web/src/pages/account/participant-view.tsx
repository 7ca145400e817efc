import type { ParticipantMessage } from '@advocate/contracts';
import type { ComponentChildren } from 'preact';
import { Time } from '../../components/time.tsx';
import { accountAddress, participantsAddress } from '../../text/addresses.ts';
import { fieldText, historyText, participantTitle } from '../../text/participant-words.ts';
import { Changed } from './changed.tsx';
import { CodesAndLinks } from './codes-and-links.tsx';
import { Referrals } from './referrals.tsx';

/** All that is stored of a participant. */
export function ParticipantView({ tenant, participant }: { tenant: string; participant: ParticipantMessage }) {
  const { referredBy, customFields, segments } = participant;
  const fields = Object.entries(customFields).sort(([a], [b]) => a.localeCompare(b));
  return (
    <article class="stack" aria-labelledby="participant">
      <section class="card">
        <h2 id="participant">{participantTitle(participant)}</h2>
        <dl class="facts facts-wide">
          <Fact label="User id">
            <code>{participant.id}</code>
          </Fact>
          <Fact label="E-mail">{participant.email}</Fact>
          <Fact label="First name">{participant.firstName}</Fact>
          <Fact label="Last name">{participant.lastName}</Fact>
          <Fact label="Locale">{participant.locale}</Fact>
          <Fact label="Country">{participant.countryCode}</Fact>
          <Fact label="Referable">{participant.referable === false ? 'No' : 'Yes'}</Fact>
          <Fact label="Created">{participant.dateCreated !== undefined && <Time at={participant.dateCreated} />}</Fact>
          {participant.dateUsTaxFormSubmitted !== undefined && (
            <Fact label="U.S. tax form">
              <Time at={participant.dateUsTaxFormSubmitted} as="day" />
            </Fact>
          )}
          {participant.imageUrl !== undefined && <Fact label="Picture">{participant.imageUrl}</Fact>}
          <Fact label="Segments">
            {segments.length > 0 && (
              <ul class="chips">
                {segments.map((segment) => (
                  <li key={segment} class="chip">
                    {segment}
                  </li>
                ))}
              </ul>
            )}
          </Fact>
          <Fact label="Referred by">
            {referredBy !== undefined && (
              <>
                {referredBy.id === '' ? (
                  'Somebody who was deleted'
                ) : (
                  <a href={accountAddress(tenant, referredBy.accountId, referredBy.id)}>{referredBy.id}</a>
                )}
                {referredBy.code !== '' && (
                  <>
                    {' by the code '}
                    <a href={participantsAddress(tenant, 'code', referredBy.code)}>{referredBy.code}</a>
                  </>
                )}
              </>
            )}
          </Fact>
          <Fact label="History">{historyText(participant)}</Fact>
          <Fact label="Last changed by">
            <Changed tenant={tenant} changedBy={participant.changedBy} />
          </Fact>
        </dl>
      </section>
      <CodesAndLinks participant={participant} />
      <section class="card" aria-labelledby="custom-fields">
        <h3 id="custom-fields">Custom fields</h3>
        {fields.length === 0 ? (
          <p class="hint">None. Columns named customFields.… fill them.</p>
        ) : (
          <dl class="facts facts-wide">
            {fields.map(([name, value]) => (
              <Fact key={name} label={name}>
                {fieldText(value)}
              </Fact>
            ))}
          </dl>
        )}
      </section>
      <Referrals tenant={tenant} participant={participant} />
    </article>
  );
}

const Fact = ({ label, children }: { label: string; children?: ComponentChildren }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children === undefined || children === false || children === '' ? <span class="hint">not given</span> : children}</dd>
  </div>
);

import type { ParticipantMessage } from '@advocate/contracts';

/** A participant's referral codes and share links: the primary ones by program, and the others. */
export function CodesAndLinks({ participant: { referralCodes, shareLinks, allReferralCodes } }: { participant: ParticipantMessage }) {
  const programs = [...new Set([...Object.keys(referralCodes), ...Object.keys(shareLinks)])].sort();
  const primary = new Set(Object.values(referralCodes));
  const others = allReferralCodes.filter((code) => !primary.has(code));
  return (
    <section class="card" aria-labelledby="codes">
      <h3 id="codes">Codes and links</h3>
      {programs.length === 0 ? (
        <p class="hint">None.</p>
      ) : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Codes and links by program">
          <table class="table table-cells">
            <thead>
              <tr>
                <th scope="col">Program</th>
                <th scope="col">Referral code</th>
                <th scope="col">Share link</th>
              </tr>
            </thead>
            <tbody>
              {programs.map((program) => (
                <tr key={program}>
                  <th scope="row">{program}</th>
                  <td>
                    <code>{referralCodes[program]}</code>
                  </td>
                  <td>{shareLinks[program]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {others.length > 0 && <p class="hint other-codes">Other codes that work: {others.join(', ')}</p>}
    </section>
  );
}

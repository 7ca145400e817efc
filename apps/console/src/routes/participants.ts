import { Hono } from 'hono';
import type { NodeEnv } from '../request.ts';
import { nameOf, readCount } from '../request.ts';
import type { Services } from '../services.ts';
import { askInTime } from '../services.ts';

/** Participants, accounts and segments of the path's tenant. Ids stand in the query: in a path, `.` and `..` would be resolved even when escaped. */
export function participantRoutes({ participants }: Services): Hono<NodeEnv> {
  const routes = new Hono<NodeEnv>();
  routes.get('/participants', async (c) => {
    const { id = '', email = '', code, pageSize, pageToken = '' } = c.req.query();
    if (code !== undefined) {
      const { participant } = await askInTime(participants.findParticipantByReferralCode.bind(participants), {
        parent: nameOf(c),
        referralCode: code,
      });
      return c.json({ participants: [participant], nextPageToken: '' });
    }
    const request = { parent: nameOf(c), id, email, pageSize: readCount('pageSize', pageSize), pageToken };
    return c.json(await askInTime(participants.findParticipants.bind(participants), request));
  });
  routes.get('/account', async (c) => {
    const { id = '' } = c.req.query();
    const { account } = await askInTime(participants.getAccount.bind(participants), { name: nameOf(c, 'accounts', id) });
    return c.json(account);
  });
  routes.get('/referrals', async (c) => {
    const { account = '', id = '', pageSize, pageToken = '' } = c.req.query();
    const request = {
      parent: nameOf(c, 'accounts', account, 'participants', id),
      pageSize: readCount('pageSize', pageSize),
      pageToken,
    };
    return c.json(await askInTime(participants.listReferrals.bind(participants), request));
  });
  routes.get('/segments', async (c) => {
    const { pageSize, pageToken = '' } = c.req.query();
    const request = { parent: nameOf(c), pageSize: readCount('pageSize', pageSize), pageToken };
    return c.json(await askInTime(participants.listSegments.bind(participants), request));
  });
  return routes;
}

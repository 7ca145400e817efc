import { deletionsCsv, range, usersCsv } from '../sample-files.ts';

/** People who are made up, some of them in one account, who refer each other. */
export const programme = `accountId,id,firstName,lastName,email,referable,locale,countryCode,customFields.plan,customFields.seats,customFields.province,referralCodes.default,referredBy.code
harbour-tea,ada,Ada,Adeyemi,ada@harbourtea.example,true,en_CA,CA,gold,12,Ontario,ADAROCKS,
harbour-tea,bo,Bo,Brown,bo@harbourtea.example,true,fr_CA,CA,gold,4,Quebec,BOKNOWS,ADAROCKS
harbour-tea,chidi,Chidi,Chen,chidi@harbourtea.example,false,en_CA,CA,silver,2,Ontario,,ADAROCKS
north-bikes,ada,Ada,Eriksen,ada@northbikes.example,true,de_DE,DE,silver,7,Berlin,ADARIDES,BOKNOWS
paper-lantern,ada,Ada,Haddad,ada@paperlantern.example,true,ja_JP,JP,gold,31,Tokyo,LANTERN,ADAROCKS
`;

/** A users' file as people send it: one column has a typing error, and some rows have mistakes. */
export function springCampaign(rows: number): string {
  const [header = '', ...lines] = usersCsv(0, rows, (_, number) => mistake(number));
  return [header.replace('lastName', 'lastNam'), ...lines].join('');
}

function mistake(number: number): Readonly<Record<string, string>> {
  if (number === 3 || number % 61 === 60) return { email: 'ada@example' };
  if (number % 149 === 148) return { locale: 'en' };
  if (number % 401 === 400) return { id: '' };
  return number % 997 === 996 ? { countryCode: 'XX' } : {};
}

/** The first people of the campaign, and one who was never there. */
export const leavers = (rows: number): string => [...deletionsCsv([...range(0, rows - 1), 999_999])].join('');

/** More rows than are applied while one looks. */
export const crowd = (rows: number): string => [...usersCsv(20_000, 20_000 + rows)].join('');

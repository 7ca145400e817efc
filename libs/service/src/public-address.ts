import { BlockList, isIP } from 'node:net';

// Of each family a list of its own, as one list takes an IPv4 address for the IPv6 one that it is mapped to.

/** Of this computer, private, shared, link-local, reserved, of documentation, multicast. */
const ipv4 = networks(
  'ipv4',
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Azure's own service on each of its machines.
  '168.63.129.16/32',
);

/** All but 2000::/3, where the internet is, and what parts of that have IPv4 addresses in disguise, or none at all. */
const ipv6 = networks('ipv6', '::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20');

function networks(family: 'ipv4' | 'ipv6', ...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Whether an IP address is one of the internet, and not inside a private network or of the computer itself. What is no IP address is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family === 4 ? !ipv4.check(address, 'ipv4') : family === 6 && !ipv6.check(address, 'ipv6');
}

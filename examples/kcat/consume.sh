#!/usr/bin/env bash
# Prints the events of a public topic as JSON lines, with nothing but kcat and buf, a few each second: to look at them by eye.
#
#   consume.sh job-events                 from the oldest event on, until Ctrl-C
#   consume.sh job-events -e              up to the newest one
#   consume.sh participant-events -c 10   ten of them; further options are kcat's
#
# KAFKA_BROKERS says where Kafka is (localhost:9092), TOPIC_PREFIX what goes before the topics' names.
set -euo pipefail

case "${1:-}" in
  job-events) message=advocate.bulk.v1.JobEvent ;;
  participant-events) message=advocate.bulk.v1.ParticipantEvent ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
topic=${TOPIC_PREFIX:-}advocate.$1
shift

root=$(cd "$(dirname "$0")/../.." && pwd)
# A checkout has its own buf.
PATH=$PATH:$root/node_modules/.bin
contracts=$(mktemp -d)
trap 'rm -r "$contracts"' EXIT
buf build "$root/proto" --output "$contracts/contracts.binpb"

# For each event kcat prints its headers in a line, then the length of its value in four bytes, then the value.
kcat -C -q -u -b "${KAFKA_BROKERS:-localhost:9092}" -t "$topic" -o beginning -f '%h\n%R%s' "$@" |
  while IFS= read -r headers; do
    read -r b1 b2 b3 b4 < <(head -c 4 | od -An -tu1)
    head -c "$(((b1 << 24) + (b2 << 16) + (b3 << 8) + b4))" >"$contracts/value"
    if [[ ",$headers," == *,advocate-version=1[.,]* ]]; then
      buf convert "$contracts/contracts.binpb" --type "$message" --from "$contracts/value#format=binpb" --to -#format=json
      echo
    else
      echo "An event of another version than 1 is left out: $headers" >&2
    fi
  done

#!/bin/bash
# From a login to money well spent, with nothing but curl; python3 takes the JSON apart.
#
#     POSTMETER_LOGIN=… POSTMETER_PASSWORD=… bash journey.sh
set -euo pipefail
url=${POSTMETER_URL:-http://127.0.0.1:8000}
problem='... on Problem { code message }'

# body DOCUMENT VARIABLES: the JSON of a request.
body() {
    python3 -c 'import json, sys; print(json.dumps({"query": sys.argv[1], "variables": json.loads(sys.argv[2])}))' "$@"
}

# field PATH: what is at the dotted path below the only root field. A refusal ends the journey.
field() {
    python3 -c '
import json, sys
answer = json.load(sys.stdin)
if "errors" in answer:
    sys.exit("error    " + answer["errors"][0]["message"])
(value,) = answer["data"].values()
if isinstance(value, dict) and "code" in value:
    sys.exit("refused  " + value["code"] + ": " + value["message"])
for name in filter(None, sys.argv[1].split(".")):
    value = value[int(name) if name.isdigit() else name]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

# ask CREDENTIAL DOCUMENT [VARIABLES]: one operation, once.
ask() {
    local authorization=()
    [ -z "$1" ] || authorization=(--header "Authorization: Bearer $1")
    curl --silent --show-error --noproxy '*' "${authorization[@]}" --header 'Content-Type: application/json' \
        "${again[@]}" --data "$(body "$2" "${3:-"{}"}")" "$url/graphql"
}
again=()

# ask_again …: the same, tried again when the answer is lost or the server is busy (curl waits as Retry-After says).
# For queries, and for mutations with an idempotency key: the same key gives the first outcome, and no second charge.
ask_again() {
    local again=(--retry 5 --retry-all-errors --fail-with-body)
    ask "$@"
}

# follow CREDENTIAL DOCUMENT VARIABLES: what a subscription pushes, as server-sent events.
follow() {
    curl --silent --no-buffer --noproxy '*' --header "Authorization: Bearer $1" --header 'Accept: text/event-stream' \
        --header 'Content-Type: application/json' --data "$(body "$2" "$3")" "$url/graphql"
}

followers=()
trap 'kill "${followers[@]}" 2>/dev/null || true' EXIT

# pushed DESCRIPTOR: the next of them.
pushed() {
    local line
    while IFS= read -r -u "$1" line; do
        if [[ $line == 'data: {'* ]]; then
            printf '%s' "${line#data: }"
            return
        fi
    done
}

say() { printf '%-8s %s\n' "$1" "$2"; }

# ---- sign in, and make a key with the scopes of this program, and no more

who=$(python3 -c 'import json, os
print(json.dumps({"input": {"login": os.environ["POSTMETER_LOGIN"], "password": os.environ["POSTMETER_PASSWORD"],
                            "transport": "BEARER"}}))')
person=$(ask '' "mutation(\$input: SignInInput!) { signIn(input: \$input) { ... on SignedIn { token } $problem } }" \
    "$who" | field token)
say 'sign in' 'as a person'

policies=$(ask_again "$person" '{ keyPoliciesInForce { document version } }' | field '')
while IFS= read -r policy; do
    ask "$person" "mutation(\$input: PolicyVersionInput!) { acceptPolicy(input: \$input) { __typename $problem } }" \
        "{\"input\": $policy}" | field '' >/dev/null
done < <(python3 -c 'import json, sys; print(*map(json.dumps, json.loads(sys.argv[1])), sep="\n")' "$policies")

key=$(ask "$person" "mutation { createApiKey(input: {name: \"First journey\", scopes: [
    BALANCE_READ, LEDGER_READ, TOPUPS_READ, TOPUPS_WRITE, ORDERS_READ, ORDERS_WRITE]}) {
    ... on ApiKeyCreated { secret } $problem } }" | field secret)
say key "${key:0:8}…"

# ---- watch the balance: every change, each once and in order; `after:` resumes behind a sequence

exec 3< <(follow "$key" 'subscription { balance(unit: EMAIL, mode: EVERY) {
    sequence available posting { amount reference } } }' '{}')
followers+=($!)
balance=$(pushed 3)
sequence=$(field sequence <<<"$balance")
say watch "$(field available <<<"$balance") e-mail credits at change $sequence"

# ---- quote, top up, order, and order again with the same key

item='{"creditPack": {"code": "EMAIL_1K", "packs": 1}}'
quote=$(ask_again "$key" "query(\$input: QuoteOrderInput!) { quoteOrder(input: \$input) {
    ... on OrderQuote { gross { amount } missing { amount } } $problem } }" \
    "{\"input\": {\"item\": $item, \"currency\": \"EUR\"}}")
say quote "$(field gross.amount <<<"$quote") EUR, of which $(field missing.amount <<<"$quote") are missing"

# An idempotency key is made once and kept with the work that it stands for.
new_key() { python3 -c 'import uuid; print(f"journey-{uuid.uuid4()}")'; }

top_up=$(ask_again "$key" "mutation(\$input: CreateTopUpInput!) { createTopUp(input: \$input) {
    ... on TopUpCreated { topUp { id } } $problem } }" \
    "{\"input\": {\"amount\": {\"amount\": \"20.00\", \"currency\": \"EUR\"},
      \"payment\": {\"token\": \"tok_sandbox_ok\"}, \"idempotencyKey\": \"$(new_key)\"}}" | field topUp.id)
exec 4< <(follow "$key" 'subscription($id: ID!) { topUpChanged(id: $id) { topUp { status } } }' "{\"id\": \"$top_up\"}")
followers+=($!)
status=PENDING
until [[ $status == SUCCEEDED || $status == FAILED ]]; do
    status=$(pushed 4 | field topUp.status)
done
exec 4<&-
say top-up "20.00 EUR $status"

order="mutation(\$input: PlaceOrderInput!) { placeOrder(input: \$input) {
    ... on OrderPlaced { replayed order { id credits gross { amount } } } $problem } }"
input="{\"input\": {\"item\": $item, \"currency\": \"EUR\", \"idempotencyKey\": \"$(new_key)\"}}"
placed=$(ask_again "$key" "$order" "$input")
id=$(field order.id <<<"$placed")
say order "$id: $(field order.credits <<<"$placed") credits for $(field order.gross.amount <<<"$placed") EUR"

placed=$(ask_again "$key" "$order" "$input")
[ "$(field replayed <<<"$placed") $(field order.id <<<"$placed")" = "true $id" ]
say retry 'the same order, charged once'

# Others may spend meanwhile. The order's change is the one that refers to it; counted up to there, nothing is missed
# and nothing came twice.
until [[ $balance == *"$id"* ]]; do
    balance=$(pushed 3)
    sequence=$((sequence + 1))
done
exec 3<&-
[ "$(field sequence <<<"$balance")" = $sequence ]
say watch "$(field available <<<"$balance") at change $sequence, the order's $(field posting.amount <<<"$balance")"

# ---- a copy of all data, for a person who has just proved who they are: a key may not have it

copy=$(ask "$person" "mutation { requestExport(input: {scope: ACCOUNT, right: PORTABILITY}) {
    ... on ExportRequested { export { id } } $problem } }" | field export.id)
exec 5< <(follow "$person" 'subscription($id: ID!) { dataExportChanged(id: $id) { export { status rows } } }' \
    "{\"id\": \"$copy\"}")
followers+=($!)
status=BUILDING
while [ "$status" = BUILDING ]; do
    export_now=$(pushed 5)
    status=$(field export.status <<<"$export_now")
done
exec 5<&-
path=$(ask "$person" "mutation(\$id: ID!) { createExportLink(input: {exportId: \$id}) {
    ... on ExportLinkCreated { path } $problem } }" "{\"id\": \"$copy\"}" | field path)
curl --silent --show-error --fail --noproxy '*' --output postmeter-export.zip "$url$path"
say export "$(field export.rows <<<"$export_now") rows in postmeter-export.zip, $(wc -c <postmeter-export.zip) bytes"

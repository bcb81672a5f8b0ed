# select-images.jq: the images of the wanted operators in a rendered catalogue (contract A8).
# Input: the catalogue, a stream of objects. $records: `package:channel`, one a line.
# Output: lines that begin with "L " (for the log), "N " (a record that the catalogue does not have) or "I " (an image).

def trim: gsub("^[[:space:]]+|[[:space:]]+$"; "");
def printable: tostring | gsub("[[:cntrl:]]"; "?");
def say: "L " + printable;

# The last one wins where a package is listed twice.
def wanted:
    reduce .[] as $line ({};
        ($line | split(":") | map(trim)) as $pair
        | if ($pair | length) == 2 and $pair[0] != "" and $pair[1] != "" then .[$pair[0]] = $pair[1] else . end);

def malformed: map(select((split(":") | map(trim)) as $pair | ($pair | length) != 2 or any($pair[]; . == "")));

# The entries that no other entry replaces.
def heads:
    (reduce .[] as $entry ({}; if $entry.replaces and $entry.replaces != $entry.name
        then .[$entry.replaces] = true else . end)) as $replaced
    | map(select($replaced[.name] | not) | .name);

# A channel with its head, and what to say about the choice.
def choose:
    "channel \(.name)" as $what
    | (.entries // []) as $entries
    | ($entries | heads) as $heads
    | if ($entries | length) == 0 then
        {say: ["Warning: channel \(.name) in package \(.package) has no entries"]}
      elif ($heads | length) == 0 then
        {head: $entries[-1].name, say: [
            "Error: no head found in \($what) of package \(.package)",
            "Falling back to last entry: \($entries[-1].name)"]}
      elif ($heads | length) > 1 then
        {head: $heads[-1], say: ["Warning: multiple heads found in \($what): \($heads | join(", "))"]}
      else
        {head: $heads[0], say: []}
      end
    | if .head then . else .head = null end;

($records | split("\n") | map(trim) | map(select(. != ""))) as $lines
| ($lines | wanted) as $wanted
| (reduce inputs as $object ({channels: [], bundles: []};
    if ($object | type) != "object" then error("the catalogue holds a \($object | type), expected objects")
    elif $object.schema == "olm.channel" and $wanted[$object.package // ""] == $object.name and $object.name != null
    then .channels += [$object | {package, name, entries}]
    elif $object.schema == "olm.bundle" and $wanted[$object.package // ""] != null
    then .bundles += [$object | {package, name, relatedImages}]
    else . end)) as $catalogue
| ($catalogue.channels | map(. + choose)) as $channels
| (reduce $channels[] as $channel ({};
    if $channel.head then .[$channel.package][$channel.head] = true else . end)) as $chosen
| ($lines | malformed | .[] | "operators record \(.) is malformed, skipping..." | say),
  ($wanted | to_entries[] | "will process package \(.key) channel \(.value)" | say),
  ($channels[] | (.say[] | say),
    (select(.head) | "Selected channel head: \(.head) for package \(.package), channel \(.name)" | say)),
  ($wanted | to_entries[] | . as $want
    | select(any($channels[]; .package == $want.key) | not)
    | "N " + ("\(.key):\(.value)" | printable)),
  ($channels[] | select(.head) | . as $channel
    | select(any($catalogue.bundles[]; .package == $channel.package and .name == $channel.head) | not)
    | "Warning: the index has no bundle \(.head) of package \(.package)" | say),
  ($catalogue.bundles[]
    | select($chosen[.package][.name])
    | if (.relatedImages | type) == "array" and (.relatedImages | length) > 0 then .
      else error("bundle \(.name) of package \(.package) has no relatedImages") end
    | .relatedImages[]
    | .image // ""
    | if type == "string" then . else error("an image of the catalogue is not a string") end
    | select(. != "")
    | "I " + printable)

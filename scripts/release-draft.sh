#!/usr/bin/env bash
# Makes the draft release of a version from the files in DIST, and proposes the commit that pins them. Runs in
# .github/workflows/release.yml; needs gh with a token, GITHUB_REPOSITORY and GITHUB_SHA. docs/release.md has the whole way.
#
#   scripts/release-draft.sh DIST VERSION
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'release-draft: %s\n' "$*" >&2; exit 2; }

[ $# = 2 ] || die "usage: scripts/release-draft.sh DIST VERSION"
dist="$1" version="$2"
repository="${GITHUB_REPOSITORY:?}" commit="${GITHUB_SHA:?}"
branch="pins/v$version"
# The table, and the template for Azure Pipelines, which carries it too.
pins=(scripts/action/pins workflows/azure/gowoa.yml)

changed="$(git diff --name-only)"
[ "$changed" = "$(printf '%s\n' "${pins[@]}")" ] ||
  die "nothing but ${pins[*]} may differ from $commit: run scripts/release-pins.sh before"

# The tag comes into being when the draft is published, at the commit that has the pins.
gh release create "v$version" --repo "$repository" --draft --title "gowoa $version" --target "$commit" \
  --notes "Built from $commit. See CHANGELOG.md." "$dist"/gowoa-* "$dist/SHA256SUMS"

# Through the interface, so that the commit is signed by GitHub and no credentials lie in the work tree.
gh api "repos/$repository/git/refs" -f "ref=refs/heads/$branch" -f "sha=$commit" --silent
for file in "${pins[@]}"; do
  gh api "repos/$repository/contents/$file" --method PUT --silent \
    -f "message=Pin gowoa $version in $file" -f "branch=$branch" \
    -f "content=$(base64 -w 0 "$file")" -f "sha=$(git rev-parse "HEAD:$file")"
done
gh pr create --repo "$repository" --head "$branch" --base "$(gh repo view "$repository" --json defaultBranchRef --jq .defaultBranchRef.name)" \
  --title "Pin gowoa $version" \
  --body "The checksums of what release.yml built from $commit. Merge it, then publish the draft at the merged commit (docs/release.md)."

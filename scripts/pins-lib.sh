# shellcheck shell=bash
# The table of scripts/action/pins, for the scripts that make and copy it. (Those that run a gowoa read it on their own:
# each stands alone on somebody's machine. tests/action holds them together.) Sourced.

# pins_rows FILE: its lines without comments and empty ones.
pins_rows() { grep -v -e '^#' -e '^[[:space:]]*$' "$1" || true; }

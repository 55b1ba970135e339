# shellcheck shell=bash
# Sourced. require_dotnet ends the script with advice unless the SDK that global.json asks for is there.

require_dotnet() {
  if ! command -v dotnet >/dev/null || ! dotnet --version >/dev/null 2>&1; then
    echo "The .NET 10 SDK is needed, and was not found: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    if command -v dotnet >/dev/null; then
      echo "Installed are:" >&2
      dotnet --list-sdks >&2
    fi
    exit 1
  fi
}

# Runs a command, and shows what it said only if it fails.
quietly() {
  local said status=0
  said=$("$@" 2>&1) || status=$?
  if [ "$status" != 0 ]; then
    printf '%s\n' "$said" >&2
  fi
  return "$status"
}

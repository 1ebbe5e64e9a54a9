#!/bin/sh
# After an installation or an upgrade, of both kinds of package. Nothing starts, and a server that runs goes on, for it may have calls.
set -e

limit=net.core.rmem_max
now=$DPKG_ROOT/proc/sys/net/core/rmem_max
wanted=$(sed -n "s/^$limit = //p" "$DPKG_ROOT/usr/lib/sysctl.d/10-timbre.conf")

if [ -d "$DPKG_ROOT/run/systemd/system" ]; then
  systemctl daemon-reload
  # Only ever raised: an operator may have set more.
  if [ "$(cat "$now" 2>/dev/null || echo "$wanted")" -lt "$wanted" ]; then
    { echo "$wanted" >"$now"; } 2>/dev/null || echo "timbre: $limit cannot be set now; it will be at the next boot" >&2
  fi
fi

#!/bin/sh
# After an installation or an upgrade, of both kinds of package. Nothing starts, and a server that runs goes on, for it may have calls.
set -e

if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  /usr/lib/systemd/systemd-sysctl 60-timbre.conf || echo "timbre: what /usr/lib/sysctl.d/60-timbre.conf sets holds from the next boot on" >&2
fi

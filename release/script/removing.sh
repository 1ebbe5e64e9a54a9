#!/bin/sh
# Before a removal, and before an upgrade, which leaves the server as it is. Debian says "remove", RPM how many versions will be left.
set -e

case "$1" in
remove | 0)
  if [ -d /run/systemd/system ]; then systemctl disable --now timbre; fi
  ;;
esac

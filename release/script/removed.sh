#!/bin/sh
# After a removal. Voices and their key stay, unless they are to go, too: TIMBRE_PURGE=data dpkg --purge timbre, or rpm --erase timbre likewise.
set -e

if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
case "$1" in
purge | 0)
  if [ "$TIMBRE_PURGE" = data ]; then
    rm -rf /var/lib/timbre
  elif [ -d /var/lib/timbre ]; then
    echo "timbre: /var/lib/timbre stays, with all voices and their key" >&2
  fi
  ;;
esac

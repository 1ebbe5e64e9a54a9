#!/bin/sh
# Before an installation or an upgrade, of both kinds of package: the settings belong to the group of the server, for they may come to hold secrets.
set -e

getent passwd timbre >/dev/null ||
  useradd --system --user-group --home-dir /var/lib/timbre --no-create-home --shell /usr/sbin/nologin timbre

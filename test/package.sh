# Read by scripts that install what they need.

package() { # NAME...: installs Debian packages without starting their services; needs root
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
  local policy=/usr/sbin/policy-rc.d created=
  [ -e $policy ] || { created=yes; printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy; }
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >/dev/null 2>&1
  [ -z "$created" ] || rm -f $policy
}

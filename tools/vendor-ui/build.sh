#!/bin/sh
# Renews static/vendor. Needs Node and npm; nobody who runs the site does.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts >/dev/null
node build.mjs
wc -c ../../static/vendor/*/*.css ../../static/vendor/*/*.js

#!/bin/sh
# Run once, when the image makes the data folder: the address rule "all" does not cover replication, which backups use.
set -eu
echo "host replication postgres all scram-sha-256" >>"$PGDATA/pg_hba.conf"

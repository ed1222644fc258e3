#!/bin/sh
# Runs every fuzz target of the module for the given time each: ./fuzz.sh 5m
set -eu
time=${1:-20s}
cd "$(dirname "$0")"
for package in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "== $package $target ($time)"
		go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time"
	done
done

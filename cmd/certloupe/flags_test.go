package main

import (
	"testing"
	"time"
)

func TestInstant(t *testing.T) {
	for _, test := range []struct {
		text string
		want time.Time
	}{
		{"2026-01-31", time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
		{"2026-01-31T12:00:00Z", time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)},
		{"2026-01-31T12:00:00+08:00", time.Date(2026, 1, 31, 4, 0, 0, 0, time.UTC)},
		{"0001-01-01", time.Time{}},
		{"2026-13-01", time.Time{}},
		{"2026-01-31 12:00", time.Time{}},
		{"now", time.Time{}},
		{"", time.Time{}},
	} {
		var got instant
		if err := got.Set(test.text); (err != nil) != test.want.IsZero() || !got.Equal(test.want) {
			t.Errorf("%q: %v, %v", test.text, got, err)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, test := range []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"30d", 30 * day, true},
		{"30", 30 * day, true},
		{"720h", 720 * time.Hour, true},
		{"1h30m", 90 * time.Minute, true},
		{"0", -1, true},
		{"0d", -1, true},
		{"never", -1, true},
		{"106751d", 106751 * day, true},
		{"106752d", 0, false},
		{"9223372036854775807", 0, false},
		{"-1d", 0, false},
		{"-1h", 0, false},
		{"d", 0, false},
		{"", 0, false},
		{"soon", 0, false},
	} {
		var got period
		if err := got.Set(test.text); (err == nil) != test.ok || got.Duration != test.want {
			t.Errorf("%q: %v, %v", test.text, got.Duration, err)
		}
	}
}

func TestSize(t *testing.T) {
	for _, test := range []struct {
		text string
		want int
	}{
		{"1", 1}, {"500000", 500000}, {"512K", 512 << 10}, {"512k", 512 << 10}, {"64M", 64 << 20}, {"1G", 1 << 30}, {"1024M", 1 << 30},
		{"0", 0}, {"-1", 0}, {"2G", 0}, {"1025M", 0}, {"9223372036854775807K", 0}, {"K", 0}, {"", 0}, {"10MB", 0}, {"1.5M", 0},
	} {
		var got size
		if err := got.Set(test.text); (err != nil) != (test.want == 0) || int(got) != test.want {
			t.Errorf("%q: %d, %v", test.text, int(got), err)
		}
		if got > 0 {
			var again size
			if err := again.Set(got.String()); err != nil || again != got {
				t.Errorf("%q: %q is read as %d, %v", test.text, got.String(), int(again), err)
			}
		}
	}
}

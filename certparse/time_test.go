package certparse

import (
	"testing"
	"time"
)

// Every day from the year 0 to 9999 survives both ways, and agrees with the time package.
func TestCivilAgreesWithTime(t *testing.T) {
	for day := time.Date(0, 1, 1, 12, 34, 56, 0, time.UTC); day.Year() < 10000; day = day.AddDate(0, 0, 1) {
		unix, form := civil(day.Year(), int(day.Month()), day.Day(), 12, 34, 56, timeExact)
		if form != timeExact || unix != day.Unix() {
			t.Fatalf("%v: %d, want %d", day, unix, day.Unix())
		}
		if got, want := CompactTime(day), day.Format("20060102T150405Z"); got != want {
			t.Fatalf("CompactTime: %s, want %s", got, want)
		}
		if got, want := RFC3339(day), day.Format(time.RFC3339); got != want {
			t.Fatalf("RFC3339: %s, want %s", got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for _, test := range []struct {
		tag  byte
		text string
		want string // RFC 3339; empty for unreadable
		form timeForm
	}{
		{tagUTCTime, "191219131526Z", "2019-12-19T13:15:26Z", timeExact},
		{tagUTCTime, "491231235959Z", "2049-12-31T23:59:59Z", timeExact},
		{tagUTCTime, "500101000000Z", "1950-01-01T00:00:00Z", timeExact},
		{tagGeneralizedTime, "20500101000000Z", "2050-01-01T00:00:00Z", timeExact},
		{tagGeneralizedTime, "99991231235959Z", "9999-12-31T23:59:59Z", timeExact},
		{tagGeneralizedTime, "20491231235959Z", "2049-12-31T23:59:59Z", timeOdd},
		{tagUTCTime, "1912191315Z", "2019-12-19T13:15:00Z", timeOdd},
		{tagUTCTime, "191219131526+0800", "2019-12-19T05:15:26Z", timeOdd},
		{tagUTCTime, "191219131526-0130", "2019-12-19T14:45:26Z", timeOdd},
		{tagUTCTime, "191219131526", "2019-12-19T13:15:26Z", timeOdd},
		{tagGeneralizedTime, "20600101000000.5Z", "2060-01-01T00:00:00Z", timeOdd},
		{tagGeneralizedTime, "20600101000000,123", "2060-01-01T00:00:00Z", timeOdd},
		{tagGeneralizedTime, "2060010100Z", "2060-01-01T00:00:00Z", timeOdd},
		{tagGeneralizedTime, "20000229000000Z", "2000-02-29T00:00:00Z", timeOdd},
		{tagUTCTime, "", "", timeUnreadable},
		{tagUTCTime, "1", "", timeUnreadable},
		{tagUTCTime, "190229131526Z", "", timeUnreadable},
		{tagUTCTime, "191319131526Z", "", timeUnreadable},
		{tagUTCTime, "191200131526Z", "", timeUnreadable},
		{tagUTCTime, "191219241526Z", "", timeUnreadable},
		{tagUTCTime, "191219136026Z", "", timeUnreadable},
		{tagUTCTime, "191219131560Z", "", timeUnreadable},
		{tagUTCTime, "19121913152 Z", "", timeUnreadable},
		{tagUTCTime, "191219131526+08:0", "", timeUnreadable},
		{tagUTCTime, "191219131526z", "", timeUnreadable},
		{tagUTCTime, "191219131526.Z", "", timeUnreadable},
		{tagGeneralizedTime, "21000229000000Z", "", timeUnreadable},
		{tagGeneralizedTime, "2060Z", "", timeUnreadable},
		{tagUTF8String, "191219131526Z", "", timeUnreadable},
	} {
		unix, form := parseTime(test.tag, []byte(test.text))
		if form != test.form {
			t.Errorf("%q: form %d, want %d", test.text, form, test.form)
			continue
		}
		if form != timeUnreadable && RFC3339(time.Unix(unix, 0)) != test.want {
			t.Errorf("%q: %s, want %s", test.text, RFC3339(time.Unix(unix, 0)), test.want)
		}
	}
}

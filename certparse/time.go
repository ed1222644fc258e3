package certparse

import "time"

// timeForm says how well a date is written.
type timeForm uint8

const (
	// timeExact is the form that RFC 5280, Section 4.1.2.5 requires.
	timeExact timeForm = iota
	// timeOdd can be read but is not written as required.
	timeOdd
	// timeUnreadable cannot be read at all.
	timeUnreadable
)

// parseTime reads a UTCTime or GeneralizedTime as seconds since 1970.
func parseTime(tag byte, b []byte) (unix int64, form timeForm) {
	switch {
	case tag == tagUTCTime && len(b) == 13 && b[12] == 'Z' && allDigits(b[:12]):
		year := 2000 + two(b)
		if year >= 2050 {
			year -= 100
		}
		return civil(year, two(b[2:]), two(b[4:]), two(b[6:]), two(b[8:]), two(b[10:]), timeExact)
	case tag == tagGeneralizedTime && len(b) == 15 && b[14] == 'Z' && allDigits(b[:14]):
		year := 100*two(b) + two(b[2:])
		form := timeExact
		if year < 2050 {
			form = timeOdd // Dates through 2049 must be UTCTime.
		}
		return civil(year, two(b[4:]), two(b[6:]), two(b[8:]), two(b[10:]), two(b[12:]), form)
	}
	return parseOddTime(tag, b)
}

// parseOddTime reads the forms of X.680 that RFC 5280 rules out: without
// seconds, with a fraction, with an offset from UTC, or without any zone.
func parseOddTime(tag byte, b []byte) (int64, timeForm) {
	digits := 0
	for digits < len(b) && '0' <= b[digits] && b[digits] <= '9' {
		digits++
	}
	var year int
	rest := b
	switch tag {
	case tagUTCTime:
		if digits != 10 && digits != 12 {
			return 0, timeUnreadable
		}
		if year = 2000 + two(b); year >= 2050 {
			year -= 100
		}
		rest = b[2:]
	case tagGeneralizedTime:
		if digits != 10 && digits != 12 && digits != 14 {
			return 0, timeUnreadable
		}
		year = 100*two(b) + two(b[2:])
		rest = b[4:]
	default:
		return 0, timeUnreadable
	}
	n := digits - (len(b) - len(rest))
	var part [5]int // Month, day, hour, minute, second.
	for i := range n / 2 {
		part[i] = two(rest[2*i:])
	}
	rest = rest[n:]
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		i := 1
		for i < len(rest) && '0' <= rest[i] && rest[i] <= '9' {
			i++
		}
		if i == 1 || n < 10 {
			return 0, timeUnreadable
		}
		rest = rest[i:]
	}
	offset := 0
	switch {
	case len(rest) == 0 || len(rest) == 1 && rest[0] == 'Z':
	case len(rest) == 5 && (rest[0] == '+' || rest[0] == '-') && allDigits(rest[1:]):
		offset = 3600*two(rest[1:]) + 60*two(rest[3:])
		if rest[0] == '-' {
			offset = -offset
		}
	default:
		return 0, timeUnreadable
	}
	unix, form := civil(year, part[0], part[1], part[2], part[3], part[4], timeOdd)
	return unix - int64(offset), form
}

// civil turns a date of the Gregorian calendar into seconds since 1970.
func civil(year, month, day, hour, minute, second int, form timeForm) (int64, timeForm) {
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, timeUnreadable
	}
	// Counting years from March puts the leap day at the end of a year, so that
	// the months before it have the same lengths in every year.
	y, m := year, month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	days := 365*y + floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400) + (153*m+2)/5 + day - 1 - 719468
	return int64(days)*86400 + int64(hour*3600+minute*60+second), form
}

func floorDiv(a, b int) int {
	if a < 0 {
		return (a - b + 1) / b
	}
	return a / b
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func two(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// CompactTime writes t in UTC as yyyyMMdd'T'HHmmss'Z', the form of the dates of
// the IoTDA interface.
func CompactTime(t time.Time) string { return string(appendTime(nil, t.Unix(), false)) }

// RFC3339 writes t in UTC to the second with the zone Z, the form of the dates
// of the APIG interface.
func RFC3339(t time.Time) string { return string(appendTime(nil, t.Unix(), true)) }

// appendTime appends the UTC date and time of unix, compact or as RFC 3339 has it.
func appendTime(dst []byte, unix int64, extended bool) []byte {
	days, rest := unix/86400, unix%86400
	if rest < 0 {
		days, rest = days-1, rest+86400
	}
	// The inverse of civil, with the same years from March.
	z := days + 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day := doy - (153*mp+2)/5 + 1
	month, year := mp+3, yoe+era*400
	if month > 12 {
		month, year = month-12, year+1
	}
	dst = append(dst, byte('0'+year/1000%10), byte('0'+year/100%10))
	dst = appendTwo(dst, year%100)
	sep := func(c byte) {
		if extended {
			dst = append(dst, c)
		}
	}
	sep('-')
	dst = appendTwo(dst, month)
	sep('-')
	dst = appendTwo(dst, day)
	dst = append(dst, 'T')
	dst = appendTwo(dst, rest/3600)
	sep(':')
	dst = appendTwo(dst, rest/60%60)
	sep(':')
	dst = appendTwo(dst, rest%60)
	return append(dst, 'Z')
}

func appendTwo(dst []byte, n int64) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

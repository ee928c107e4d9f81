package trace

import "bytes"

// form is how a line carries its message.
type form uint8

const (
	formPlain   form = iota // no log line: progress bars, a program's output
	formConsole             // DEBU[0003] message   key=value
	formText                // time="…" level=debug msg="message" key=value
	formJSON                // {"level":"debug","msg":"message","key":"value"}
)

// record is one log line, cut but not yet unescaped. All slices point into
// the line.
type record struct {
	form form
	// stamp is the time as written, without quotes.
	stamp []byte
	// message is unescaped for formConsole and formPlain only; there it goes
	// on to the end of the line, fields included.
	message []byte
	// fields is where key=value pairs are looked for: after the message in
	// formText, the whole object in formJSON.
	fields []byte
}

// prefixWindow is how far into a line a log record may begin: room for the
// prefix of journald ("Jul 28 02:32:08 host containerd[812]: ") or of the
// kubelet ("2023-07-28T02:32:08Z stderr F ").
const prefixWindow = 192

var (
	textStart   = []byte(`time="`)
	textMessage = []byte(` msg=`)
	jsonMessage = []byte(`"msg":"`)
	jsonTime    = []byte(`"time":"`)
	debugMark   = []byte("DEBU[")
	infoMark    = []byte("INFO[")
)

// parseRecord finds the form of a line and cuts it.
func parseRecord(line []byte) record {
	if r, ok := parseConsole(line); ok {
		return r
	}
	head := line[:min(len(line), prefixWindow)]
	if i := bytes.Index(head, textStart); i >= 0 {
		if r, ok := parseText(line[i:]); ok {
			return r
		}
	}
	if i := bytes.IndexByte(head, '{'); i >= 0 {
		if r, ok := parseJSON(line[i:]); ok {
			return r
		}
	}
	return record{form: formPlain, message: line}
}

// parseConsole reads DEBU[0003] and DEBU[2024-10-17T09:48:19Z], with the level
// in four letters or in full (logrus text_formatter.go, printColored).
func parseConsole(line []byte) (record, bool) {
	open := 4
	if len(line) < 8 {
		return record{}, false
	}
	if line[4] != '[' {
		if line[5] == '[' {
			open = 5
		} else if line[7] == '[' {
			open = 7
		} else {
			return record{}, false
		}
	}
	for _, b := range line[:open] {
		if b < 'A' || b > 'Z' {
			return record{}, false
		}
	}
	end := bytes.IndexByte(line[:min(len(line), open+48)], ']')
	if end < 0 {
		return record{}, false
	}
	return record{
		form:    formConsole,
		stamp:   line[open+1 : end],
		message: bytes.TrimLeft(line[end+1:], " "),
	}, true
}

// parseText reads logrus text that begins at time=.
func parseText(line []byte) (record, bool) {
	rest := line[len(textStart):]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return record{}, false
	}
	r := record{form: formText, stamp: rest[:end]}
	rest = rest[end:]
	i := bytes.Index(rest[:min(len(rest), prefixWindow)], textMessage)
	if i < 0 {
		return record{}, false
	}
	r.message, r.fields = cutValue(rest[i+len(textMessage):])
	return r, true
}

// parseJSON reads logrus JSON that begins at its brace. Keys are sorted by
// logrus, so msg can stand anywhere. An escaped quote cannot be taken for the
// key's own, since it has a backslash before it.
func parseJSON(line []byte) (record, bool) {
	i := bytes.Index(line, jsonMessage)
	if i < 0 {
		return record{}, false
	}
	message, _ := cutQuoted(line[i+len(jsonMessage)-1:])
	r := record{form: formJSON, message: message, fields: line}
	if i := bytes.Index(line, jsonTime); i >= 0 {
		r.stamp, _ = cutQuoted(line[i+len(jsonTime)-1:])
	}
	return r, true
}

// cutValue cuts a quoted or bare value off the front.
func cutValue(s []byte) (value, rest []byte) {
	if len(s) > 0 && s[0] == '"' {
		return cutQuoted(s)
	}
	if i := bytes.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i:]
	}
	return s, nil
}

// cutQuoted cuts a quoted string, given with its opening quote, and returns
// what is between the quotes, escapes and all. A string that was cut off ends
// with the line.
func cutQuoted(s []byte) (value, rest []byte) {
	s = s[1:]
	from := 0
	for {
		i := bytes.IndexByte(s[from:], '"')
		if i < 0 {
			return s, nil
		}
		end := from + i
		slashes := 0
		for slashes < end && s[end-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return s[:end], s[end+1:]
		}
		from = end + 1
	}
}

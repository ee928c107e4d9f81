package trace

import (
	"bytes"
	"errors"
	"io"
)

const (
	// bufferSize is how much is read at once. Larger does not read faster:
	// the buffer should stay in the processor's cache.
	bufferSize = 256 << 10
	// maxLine is how much of one line is looked at. The longest lines of
	// interest are responses with all their headers, a few kilobytes.
	maxLine = 64 << 10
)

// Read reads a log to its end. The error is the reader's own; there is no log
// that cannot be read, only logs that prove nothing, and then a finding says
// so. The report holds what was read before an error.
func Read(r io.Reader) (*Report, error) {
	c := newCollector()
	err := scan(r, c)
	return c.finish(), err
}

// scan cuts the stream into lines. Carriage returns end a line too, since
// progress bars are redrawn with them and may never send a newline.
func scan(r io.Reader, c *collector) error {
	buf := make([]byte, bufferSize)
	held := 0         // bytes of an unfinished line at the start of buf
	skipping := false // inside the rest of a line that was too long
	empty := 0
	for {
		n, err := r.Read(buf[held:])
		if n < 0 || n > len(buf)-held {
			return errors.New("trace: the reader returned an impossible count")
		}
		c.report.Bytes += int64(n)
		data := buf[:held+n]
		// What was held has no newline: searching it again with each small
		// read would make a slow pipe quadratic.
		from := held
		for {
			i := bytes.IndexByte(data[from:], '\n')
			if i < 0 {
				break
			}
			if skipping {
				skipping = false
				c.lineNumber++
			} else {
				c.line(data[:from+i])
			}
			data = data[from+i+1:]
			from = 0
		}
		switch {
		case skipping:
			held = 0
			// What follows the last carriage return is a line again.
			if i := bytes.LastIndexByte(data, '\r'); i >= 0 {
				skipping = false
				held = copy(buf, data[i+1:])
			}
		case len(data) == len(buf):
			// A full buffer without a newline: bars, or a line too long.
			c.lineNumber++ // the line that is still going on
			if i := bytes.LastIndexByte(data, '\r'); i > 0 {
				c.segments(data[:i])
				held = copy(buf, data[i+1:])
			} else {
				c.segments(data)
				skipping, held = true, 0
			}
			c.lineNumber--
		case len(data) < held+n:
			held = copy(buf, data)
		default:
			held += n
		}
		if err != nil {
			if held > 0 || skipping {
				c.report.Truncated = true
				c.line(buf[:held])
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
		if n > 0 {
			empty = 0
		} else if empty++; empty == 100 {
			return io.ErrNoProgress
		}
	}
}

// line counts and reads one line without its newline.
func (c *collector) line(line []byte) {
	c.lineNumber++
	c.segments(line)
}

// segments reads what carriage returns separate.
func (c *collector) segments(line []byte) {
	for {
		i := bytes.IndexByte(line, '\r')
		if i < 0 {
			c.segment(line)
			return
		}
		if i > 0 {
			c.segment(line[:i])
		}
		line = line[i+1:]
	}
}

// segment reads one line free of line ends.
func (c *collector) segment(line []byte) {
	if len(line) > maxLine {
		c.report.Omitted.LongLines++
		line = line[:maxLine]
	}
	if bytes.IndexByte(line, 0x1b) >= 0 {
		c.plain = appendWithoutEscapes(c.plain[:0], line)
		line = c.plain
	}
	if len(line) < 3 {
		return
	}
	c.dispatch(line)
}

// appendWithoutEscapes drops terminal control sequences: CSI (colours, cursor
// movement), OSC (titles, links) and two-byte escapes (ECMA-48 §5.4).
func appendWithoutEscapes(dst, line []byte) []byte {
	for {
		i := bytes.IndexByte(line, 0x1b)
		if i < 0 {
			return append(dst, line...)
		}
		dst = append(dst, line[:i]...)
		line = line[i+1:]
		if len(line) == 0 {
			return dst
		}
		kind := line[0]
		line = line[1:]
		switch kind {
		case '[':
			end := 0
			for end < len(line) && (line[end] < 0x40 || line[end] > 0x7e) {
				end++
			}
			line = line[min(end+1, len(line)):]
		case ']':
			end := 0
			for end < len(line) && line[end] != 0x07 && line[end] != 0x1b {
				end++
			}
			if end < len(line) && line[end] == 0x07 {
				end++
			}
			line = line[end:]
		}
	}
}

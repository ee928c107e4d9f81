package tomledit

import "bytes"

// lineStart is the offset at which the line of i begins.
func (s *snapshot) lineStart(i int) int {
	if n := bytes.LastIndexByte(s.src[:i], '\n'); n >= 0 {
		return n + 1
	}
	return s.bom
}

// lineEnd is the offset behind the line break that ends the line of i, or the
// end of the file.
func (s *snapshot) lineEnd(i int) int {
	if n := bytes.IndexByte(s.src[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(s.src)
}

// trimBreak takes the line break off the end of a span.
func (s *snapshot) trimBreak(start, end int) int {
	if end > start && s.src[end-1] == '\n' {
		end--
		if end > start && s.src[end-1] == '\r' {
			end--
		}
	}
	return end
}

// isBlankLine reports whether the line that begins at i is empty or made of
// blanks.
func (s *snapshot) isBlankLine(i int) bool {
	i = skipBlank(s.src, i)
	return i == len(s.src) || s.src[i] == '\n' || s.src[i] == '\r'
}

func (s *snapshot) isCommentLine(i int) bool {
	i = skipBlank(s.src, i)
	return i < len(s.src) && s.src[i] == '#'
}

// leadStart is where the comment block directly above the expression x
// begins, or else the expression's own line.
func (s *snapshot) leadStart(x int32) int {
	floor := s.bom
	if x > 0 {
		floor = s.lineEnd(int(s.exprs[x-1].end))
	}
	start := s.lineStart(int(s.exprs[x].start))
	for start > floor {
		above := s.lineStart(start - 1)
		if above < floor || !s.isCommentLine(above) {
			break
		}
		start = above
	}
	return start
}

// exprEnd is the offset behind the last line of the expression x.
func (s *snapshot) exprEnd(x int32) int { return s.lineEnd(int(s.exprs[x].end)) }

// blanksBefore gives the start of the run of blank lines above offset i, which
// begins a line, and how many they are.
func (s *snapshot) blanksBefore(i int) (start, count int) {
	for i > s.bom {
		above := s.lineStart(i - 1)
		if !s.isBlankLine(above) {
			break
		}
		i = above
		count++
	}
	return i, count
}

// blanksAfter gives the end of the run of blank lines from offset i on, and
// how many they are.
func (s *snapshot) blanksAfter(i int) (end, count int) {
	for i < len(s.src) && s.isBlankLine(i) {
		i = s.lineEnd(i)
		count++
	}
	return i, count
}

// indentAt is the blank text at the begin of the line of offset i.
func (s *snapshot) indentAt(i int) string {
	start := s.lineStart(i)
	return string(s.src[start:skipBlank(s.src, start)])
}

// contentEnd is the offset behind the last line that is not blank.
func (s *snapshot) contentEnd() int {
	s.contentOnce.Do(func() { s.content, _ = s.blanksBefore(len(s.src)) })
	return s.content
}
